"""From text to a folder that a fine-tuning takes: rows, a new model, and what is written."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import torch
from torch import Tensor
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel

from kan_shared.errors import UsageError
from kan_trainer.config.pretrain import (
    ArchitectureConfig,
    PretrainConfig,
    PretrainTrainingConfig,
    TextConfig,
)
from kan_trainer.finetune.pretraining.preparation import Prepared, prepare
from kan_trainer.finetune.pretraining.rows import pack, repeated, rows_of
from kan_trainer.finetune.pretraining.tiny_model import new_model, write_base
from kan_trainer.finetune.pretraining.tokenizer_training import train_tokenizer

SOURCE = "/// The sum of both.\npub fn add(left: i32, right: i32) -> i32 {\n    left + right\n}\n"
TOKENIZER = train_tokenizer([SOURCE], 300)
SMALL = ArchitectureConfig(hidden=32, layers=2, heads=2)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """So small a model gains nothing from more, and loses where others want the cores."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> PretrainConfig:
    """A training of seconds, on functions that differ in their name."""
    folder = tmp_path_factory.mktemp("crate")
    for number in range(60):
        (folder / f"{number:02}.rs").write_text(SOURCE.replace("add", f"add_{number}"))
    return PretrainConfig(
        text=TextConfig(text=str(folder), vocabulary=300),
        architecture=SMALL,
        training=PretrainTrainingConfig(context=32, batch_tokens=128, steps=40, learning_rate=0.02),
    )


@pytest.fixture(scope="module")
def prepared(config: PretrainConfig) -> Prepared:
    return prepare(config)


def loss_on(model: PreTrainedModel, rows: list[list[int]]) -> Tensor:
    ids = torch.tensor(rows)
    return model(input_ids=ids, labels=ids).loss


def test_rows_hold_all_the_text_without_a_gap_each_document_a_turn() -> None:
    rows = pack([SOURCE] * 3, TOKENIZER, 16)
    assert {len(row) for row in rows} == {16}
    text = TOKENIZER.decode([*itertools.chain(*rows)], skip_special_tokens=False)
    assert (f"<|im_start|>{SOURCE}<|im_end|><|endoftext|>" * 3).startswith(text)
    assert len(text) > 2 * len(SOURCE)


def test_no_text_can_spell_a_token_that_ends_a_turn() -> None:
    end = TOKENIZER.token_to_id("<|im_end|>")
    (row,) = pack(["x<|im_end|>y"], TOKENIZER, 14)
    assert row.count(end) == 1
    assert end in TOKENIZER.encode("x<|im_end|>y").ids, "the tokenizer is as it was before"


def test_every_row_is_seen_before_any_is_seen_again() -> None:
    rows = [[number] for number in range(10)]
    seen = repeated(rows, 25, seed=1)
    assert sorted(seen[:10]) == sorted(seen[10:20]) == rows
    assert seen[:10] != seen[10:20]
    assert len(seen) == 25


def test_the_last_of_the_text_is_held_out() -> None:
    documents = [f"pub fn add_{number}()" for number in range(100)]
    rows = rows_of(documents, TOKENIZER, 16, held_out=0.1)
    assert rows.train + rows.validation == pack(documents, TOKENIZER, 16)
    assert len(rows.validation) == round((len(rows.train) + len(rows.validation)) / 10)


def test_a_run_has_rows_for_each_of_its_steps(prepared: Prepared, config: PretrainConfig) -> None:
    assert len(prepared.train) == config.training.steps * config.training.batch_size
    assert {len(row) for row in prepared.train + prepared.validation} == {config.training.context}


def test_the_same_settings_prepare_the_same(prepared: Prepared, config: PretrainConfig) -> None:
    again = prepare(config, recorded_sha256=prepared.texts.sha256)
    assert (again.train, again.validation) == (prepared.train, prepared.validation)
    assert again.tokenizer.to_str() == prepared.tokenizer.to_str()
    weights = prepared.model.state_dict()
    assert all(torch.equal(weights[name], weight) for name, weight in again.model.state_dict().items())


def test_another_seed_gives_other_weights_and_another_order(prepared: Prepared, config: PretrainConfig) -> None:
    other = prepare(msgspec.structs.replace(config, training=msgspec.structs.replace(config.training, seed=7)))
    assert other.train != prepared.train
    assert not torch.equal(other.model.lm_head.weight, prepared.model.lm_head.weight)


def test_a_run_does_not_go_on_with_another_text(config: PretrainConfig) -> None:
    with pytest.raises(UsageError, match="no longer those that this run began with"):
        prepare(config, recorded_sha256="0" * 64)


def test_text_too_short_for_a_row_is_refused(config: PretrainConfig) -> None:
    training = msgspec.structs.replace(config.training, context=2048, batch_tokens=2048)
    with pytest.raises(UsageError, match="too short for rows of 2048 tokens"):
        prepare(msgspec.structs.replace(config, training=training))


def test_new_weights_leave_other_random_numbers_alone() -> None:
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    new_model(SMALL, TOKENIZER, seed=1)
    assert torch.equal(torch.rand(1), expected)


def test_the_default_model_is_small(prepared: Prepared) -> None:
    tokenizer = train_tokenizer([], 259)
    with torch.device("meta"):
        model = new_model(ArchitectureConfig(), tokenizer, seed=1)
    unseen = 2048 - tokenizer.get_vocab_size()
    assert model.num_parameters() + unseen * 128 == 656_512


def test_a_model_learns_from_its_rows(prepared: Prepared, config: PretrainConfig) -> None:
    model = new_model(SMALL, prepared.tokenizer, seed=1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=config.training.learning_rate)
    with torch.no_grad():
        before = loss_on(model, prepared.validation)
    for start in range(0, len(prepared.train), config.training.batch_size):
        batch = prepared.train[start : start + config.training.batch_size]
        loss_on(model, batch).backward()
        optimizer.step()
        optimizer.zero_grad()
    with torch.no_grad():
        assert loss_on(model, prepared.validation) < before / 3


def test_what_is_written_is_what_transformers_reads(prepared: Prepared, tmp_path: Path) -> None:
    write_base(tmp_path, prepared.model, prepared.tokenizer)
    model = AutoModelForCausalLM.from_pretrained(tmp_path)
    tokenizer = AutoTokenizer.from_pretrained(tmp_path)
    assert (tmp_path / "model.safetensors").is_file()
    assert model.config.model_type == "qwen2"
    with torch.no_grad():
        assert torch.equal(loss_on(model, prepared.validation), loss_on(prepared.model, prepared.validation))
    assert tokenizer(SOURCE)["input_ids"] == prepared.tokenizer.encode(SOURCE).ids
    assert tokenizer.convert_ids_to_tokens(model.generation_config.eos_token_id) == ["<|im_end|>", "<|endoftext|>"]
    assert model.config.eos_token_id == tokenizer.eos_token_id != tokenizer.pad_token_id == model.config.pad_token_id
    prompt = tokenizer("pub fn", return_tensors="pt")
    assert model.generate(**prompt, max_new_tokens=4).shape[1] <= prompt["input_ids"].shape[1] + 4


@pytest.mark.parametrize(
    ("section", "complaint"),
    [
        (lambda: TextConfig(vocabulary=258), "vocabulary must be between 259 and a million, not 258"),
        (lambda: ArchitectureConfig(hidden=100, heads=3), "hidden must be an even multiple of heads=3, not 100"),
        (lambda: ArchitectureConfig(hidden=10**9), "hidden must be between 1 and 8192, not 1000000000"),
        (lambda: ArchitectureConfig(heads=4, kv_heads=3), "kv_heads must be a divisor of heads=4, not 3"),
        (lambda: PretrainTrainingConfig(context=512, batch_tokens=256), "batch_tokens must be context=512 or more"),
        (lambda: PretrainConfig(architecture=ArchitectureConfig(positions=8)), "context must be at most positions=8"),
    ],
)
def test_settings_that_cannot_be_used_are_named(section: object, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        section()  # type: ignore[operator]
