"""Answers to prompts: the same in any batch, ended where they end, and nothing else is disturbed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: E402  after the skip

from kan_shared.errors import UsageError  # noqa: E402
from kan_trainer.finetune.generation import generate  # noqa: E402
from kan_trainer.finetune.inference import inference  # noqa: E402
from kan_trainer.finetune.sampling import NoisyScores  # noqa: E402

from .tiny_models import tiny_model_folder  # noqa: E402

PROMPTS = [[7], [40, 41, 42, 43, 44, 45, 46], [9, 8], [300, 12, 44, 17], [5] * 30]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model whose weights are wild enough that it does not say the same always."""
    return tiny_model_folder(tmp_path_factory.mktemp("wild"), initializer_range=0.3, max_position_embeddings=64)


@pytest.fixture
def model(folder: Path) -> Any:
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)


@pytest.fixture(scope="module")
def tokenizer(folder: Path) -> Any:
    return AutoTokenizer.from_pretrained(folder)


@pytest.mark.parametrize("temperature", [0.0, 0.9])
def test_an_answer_is_the_same_in_any_batch(model: Any, tokenizer: Any, temperature: float) -> None:
    def ids(batch_size: int) -> list[tuple[int, ...]]:
        done = generate(
            model, tokenizer, PROMPTS, max_new_tokens=20, batch_size=batch_size, temperature=temperature, seed=3
        )
        return [answer.ids for answer in done.answers]

    assert ids(1) == ids(2) == ids(5)
    assert len(set(ids(1))) == len(PROMPTS)


def test_the_rest_of_many_prompts_is_answered_as_if_all_were(model: Any, tokenizer: Any) -> None:
    settings = {"max_new_tokens": 8, "batch_size": 2, "temperature": 1.0, "seed": 1}
    whole = generate(model, tokenizer, PROMPTS, **settings)
    rest = generate(model, tokenizer, PROMPTS[3:], first=3, **settings)
    assert rest.texts == whole.texts[3:]
    assert generate(model, tokenizer, PROMPTS, **{**settings, "seed": 2}).texts != whole.texts


def test_greedy_answers_are_those_of_the_scores_one_by_one(model: Any, tokenizer: Any) -> None:
    ids = list(PROMPTS[1])
    with inference(model):
        for _ in range(12):
            ids.append(int(model(torch.tensor([ids])).logits[0, -1].argmax()))
    answer = generate(model, tokenizer, PROMPTS, max_new_tokens=12, batch_size=4).answers[1]
    assert list(answer.ids) == ids[len(PROMPTS[1]) :]


def test_what_the_models_folder_wishes_does_not_matter(model: Any, tokenizer: Any) -> None:
    plain = generate(model, tokenizer, PROMPTS, max_new_tokens=12, batch_size=5).texts
    model.generation_config.repetition_penalty = 5.0
    model.generation_config.do_sample = True
    wishes = model.generation_config
    assert generate(model, tokenizer, PROMPTS, max_new_tokens=12, batch_size=5).texts == plain
    assert model.generation_config is wishes


def test_an_answer_ends_at_the_end_token_and_not_after_it(model: Any, tokenizer: Any) -> None:
    free = generate(model, tokenizer, PROMPTS, max_new_tokens=20, batch_size=5)
    ids = free.answers[1].ids
    model.generation_config.eos_token_id = [ids[6]]
    stopped = generate(model, tokenizer, PROMPTS, max_new_tokens=20, batch_size=5).answers[1]
    assert stopped.ended
    assert stopped.ids == ids[: ids.index(ids[6])]
    assert stopped.tokens == len(stopped.ids) + 1
    assert not free.answers[1].ended


def test_an_answer_ends_where_the_context_does_whatever_shares_its_batch(model: Any, tokenizer: Any) -> None:
    prompts = [[5] * 60, [7], [5] * 64]
    answers = generate(model, tokenizer, prompts, max_new_tokens=10, batch_size=3).answers
    assert [len(answer.ids) for answer in answers] == [4, 10, 0]


def test_torchs_random_numbers_and_the_modes_stay_as_they_were(model: Any, tokenizer: Any) -> None:
    model.train()
    model.model.layers[0].eval()
    modes, state = [module.training for module in model.modules()], torch.get_rng_state()
    generate(model, tokenizer, PROMPTS, max_new_tokens=4, batch_size=2, temperature=1.0)
    assert [module.training for module in model.modules()] == modes
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.is_grad_enabled()


def test_nothing_is_said_on_the_way(model: Any, tokenizer: Any, capfd: pytest.CaptureFixture[str]) -> None:
    generate(model, tokenizer, PROMPTS, max_new_tokens=4, batch_size=2, temperature=0.5, top_p=0.5)
    assert capfd.readouterr() == ("", "")


def test_pace_and_latency_are_measured(model: Any, tokenizer: Any) -> None:
    done = generate(model, tokenizer, PROMPTS, max_new_tokens=6, batch_size=2)
    assert done.tokens == sum(answer.tokens for answer in done.answers) > 0
    assert done.tokens_per_second == pytest.approx(done.tokens / done.elapsed_seconds)
    assert all(0 < answer.seconds <= done.elapsed_seconds for answer in done.answers)
    nothing = generate(model, tokenizer, [], max_new_tokens=6, batch_size=2)
    assert nothing.answers == () and nothing.tokens_per_second is None


def test_samples_have_the_probabilities_of_the_softmax_within_top_p() -> None:
    draws, scores = 4000, torch.tensor([0.5, 0.3, 0.15, 0.05]).log()
    noisy = NoisyScores(list(range(draws)), temperature=1.0, top_p=0.9, device=torch.device("cpu"))
    drawn = Counter(noisy(torch.empty(0), scores.expand(draws, -1)).argmax(dim=-1).tolist())
    assert drawn[3] == 0
    for token, probability in enumerate((0.5 / 0.95, 0.3 / 0.95, 0.15 / 0.95)):
        assert drawn[token] / draws == pytest.approx(probability, abs=0.03)


@pytest.mark.parametrize("wrong", [{"temperature": -1.0}, {"top_p": 0.0}, {"batch_size": 0}, {"max_new_tokens": 0}])
def test_a_manner_out_of_bounds_is_refused_by_name(model: Any, tokenizer: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=next(iter(wrong))):
        generate(model, tokenizer, PROMPTS, **wrong)
