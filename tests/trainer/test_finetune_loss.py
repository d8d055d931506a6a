"""The loss of labelled tokens: what transformers would say of them, with less."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn import functional

from kan_trainer.finetune import loss as loss_module
from kan_trainer.finetune.batches import Batching, MicroBatch, collate
from kan_trainer.finetune.loss import CompletionLoss
from kan_trainer.finetune.tokens import MASKED, TokenRow

from .tiny_models import tiny_model_folder

ROWS = [
    TokenRow(list(range(5, 25)), [MASKED] * 8 + list(range(13, 25))),
    TokenRow(list(range(40, 49)), [MASKED] * 3 + list(range(43, 49))),
    TokenRow(list(range(60, 77)), list(range(60, 77))),
]


def batch_of(*rows: int) -> MicroBatch:
    return collate(ROWS, [(row,) for row in rows], Batching(batch_size=len(rows), pad=0))


def theirs(model: Any, *rows: int) -> torch.Tensor:
    """The same by transformers' own forward, row by row, with logits for every token."""
    losses = [
        functional.cross_entropy(
            model(input_ids=torch.tensor([ROWS[row].ids])).logits[0, :-1].float(),
            torch.tensor(ROWS[row].labels[1:]),
            ignore_index=MASKED,
            reduction="sum",
        )
        for row in rows
    ]
    return torch.stack(losses).sum()


def loaded(folder: Path, **overrides: Any) -> Any:
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(folder, **overrides).eval()


def gradients(model: Any, loss: torch.Tensor) -> dict[str, torch.Tensor]:
    model.zero_grad()
    loss.backward()
    return {name: parameter.grad.clone() for name, parameter in model.named_parameters() if parameter.grad is not None}


@pytest.mark.parametrize("rows_at_once", [16, 10_000])
def test_loss_and_gradients_are_those_of_transformers(
    model_folder: Path, monkeypatch: pytest.MonkeyPatch, rows_at_once: int
) -> None:
    model = loaded(model_folder)
    monkeypatch.setitem(loss_module._LOGITS, "cpu", rows_at_once * model.config.vocab_size)
    found = CompletionLoss(model)(batch_of(0, 1, 2))
    expected = theirs(model, 0, 1, 2)
    assert found.loss.item() == pytest.approx(expected.item(), rel=1e-6)
    ours, other = gradients(model, found.loss / 7), gradients(model, expected / 7)
    assert ours.keys() == other.keys()
    for name, gradient in ours.items():
        torch.testing.assert_close(gradient, other[name], rtol=1e-4, atol=1e-7)


def test_a_head_of_its_own_with_a_bias_learns_too(tmp_path: Path) -> None:
    model = loaded(tiny_model_folder(tmp_path / "model", tie_word_embeddings=False))
    torch.manual_seed(0)
    head = torch.nn.Linear(64, model.config.vocab_size)
    model.set_output_embeddings(head)
    found = CompletionLoss(model)
    assert found._plain
    expected = theirs(model, 0, 2)
    ours, other = gradients(model, found(batch_of(0, 2)).loss), gradients(model, expected)
    assert {"lm_head.weight", "lm_head.bias"} <= ours.keys()
    for name, gradient in ours.items():
        # against float64 either is off by up to 7e-6
        torch.testing.assert_close(gradient, other[name], rtol=1e-4, atol=1.5e-5)


def test_a_frozen_head_gets_no_gradient(model_folder: Path) -> None:
    model = loaded(model_folder)
    model.requires_grad_(False)
    model.model.layers[0].mlp.down_proj.weight.requires_grad_(True)
    assert gradients(model, CompletionLoss(model)(batch_of(0)).loss).keys() == {"model.layers.0.mlp.down_proj.weight"}


def test_a_model_that_caps_its_logits_is_taken_at_its_word() -> None:
    from transformers import Gemma2Config, Gemma2ForCausalLM

    torch.manual_seed(0)
    model = Gemma2ForCausalLM(
        Gemma2Config(
            vocab_size=100,
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=1,
            num_attention_heads=2,
            num_key_value_heads=1,
            head_dim=16,
            final_logit_softcapping=0.05,
            attn_implementation="eager",
        )
    ).eval()
    found = CompletionLoss(model)
    assert not found._plain
    expected = theirs(model, 0, 1)
    assert found(batch_of(0, 1)).loss.item() == pytest.approx(expected.item(), rel=1e-5)
    ours, other = gradients(model, found(batch_of(0, 1)).loss), gradients(model, expected)
    torch.testing.assert_close(ours["model.norm.weight"], other["model.norm.weight"], rtol=1e-4, atol=1e-6)


def test_the_likeliest_tokens_are_counted(model_folder: Path) -> None:
    model = loaded(model_folder)
    with torch.no_grad():
        found = CompletionLoss(model)(batch_of(2))
        likeliest = model(input_ids=torch.tensor([ROWS[2].ids])).logits[0, :-1].argmax(-1)
    assert found.correct.item() == (likeliest == torch.tensor(ROWS[2].labels[1:])).sum().item()


def test_in_bfloat16_logits_are_still_added_up_in_float32(model_folder: Path) -> None:
    model = loaded(model_folder, dtype=torch.bfloat16)
    found = CompletionLoss(model)(batch_of(0, 1, 2)).loss
    assert found.dtype == torch.float32
    assert found.item() == pytest.approx(theirs(model, 0, 1, 2).item(), rel=5e-3)


def test_logits_are_never_there_for_all_tokens_at_once(model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    linear = functional.linear
    monkeypatch.setattr(functional, "linear", lambda x, *rest: made.append(linear(x, *rest)) or made[-1])
    model = loaded(model_folder)
    model.requires_grad_(False)
    CompletionLoss(model)(batch_of(0, 1, 2))
    vocabulary = model.config.vocab_size
    rows = [len(tensor) for tensor in made if tensor.dim() == 2 and tensor.shape[-1] == vocabulary]
    assert sum(rows) == sum(label != MASKED for row in ROWS for label in row.labels[1:])
