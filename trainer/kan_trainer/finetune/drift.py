"""How far a merged model is from the one that was trained, in what it expects of text that neither has seen."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from kan_trainer.finetune.inference import inference

#: Positions whose probabilities are held at once: those of a vocabulary of 150 000 take 40 MB each time.
_POSITIONS = 64


class Labelled(Protocol):
    """A row as tokens; labels are -100 where nothing is to be predicted."""

    @property
    def ids(self) -> list[int]: ...  # noqa: D102  said above
    @property
    def labels(self) -> list[int]: ...  # noqa: D102


@dataclass(frozen=True, kw_only=True)
class Drift:
    """What changed, over `tokens` label tokens.

    Attributes:
        tokens: How many were predicted.
        divergence: Mean Kullback-Leibler divergence of the merged model's distribution from the trained one's, in nats.
        agreement: Share of the tokens where both find the same one likeliest.
        trained_loss: Mean negative log-likelihood of the labels by the trained model, in nats.
        merged_loss: The same by the merged one.
    """

    tokens: int
    divergence: float
    agreement: float
    trained_loss: float
    merged_loss: float


def measure_drift(trained: Any, merged: Any, rows: Iterable[Labelled]) -> Drift | None:
    """The drift from the model `trained` to `merged` over `rows`; none where no token of theirs has a label.

    Row by row: without padding, and without what a neighbour does to rounding. Weights lie as they were trained with.
    """
    totals, tokens = torch.zeros(4, dtype=torch.float64), 0
    with inference(trained), inference(merged):
        for row in rows:
            places = [place for place, label in enumerate(row.labels[1:]) if label != -100]
            if not places:
                continue
            for ours, theirs, labels in _distributions(trained, merged, row, places):
                totals += _sums(ours, theirs, labels)
                tokens += len(labels)
    if not tokens:
        return None
    divergence, agreement, trained_loss, merged_loss = (totals / tokens).tolist()
    return Drift(
        tokens=tokens,
        divergence=max(0.0, divergence),  # what is below is rounding
        agreement=agreement,
        trained_loss=trained_loss,
        merged_loss=merged_loss,
    )


def perplexity(loss: float) -> float:
    """e to the power of `loss`, a mean negative log-likelihood in nats."""
    return math.exp(min(loss, 700.0))


def _distributions(
    trained: Any, merged: Any, row: Labelled, places: list[int]
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """The log-probabilities of both models (positions x vocabulary), and the labels, some positions at a time."""
    logits = [_logits(model, row.ids, places) for model in (trained, merged)]
    labels = torch.tensor([row.labels[place + 1] for place in places])
    for some in range(0, len(places), _POSITIONS):
        part = slice(some, some + _POSITIONS)
        ours, theirs = (scores[part].float().log_softmax(dim=-1) for scores in logits)
        yield ours, theirs.to(ours.device), labels[part].to(ours.device)


def _logits(model: Any, ids: list[int], places: list[int]) -> Tensor:
    device = model.device
    kept = torch.tensor(places, device=device)
    output = model(input_ids=torch.tensor([ids], device=device), use_cache=False, logits_to_keep=kept)
    logits: Tensor = output.logits[0]
    return logits


def _sums(ours: Tensor, theirs: Tensor, labels: Tensor) -> Tensor:
    """Sums over positions: divergence, agreement, and the losses of both."""
    divergence = (ours.exp() * (ours - theirs)).sum(dtype=torch.float64)
    agreement = (ours.argmax(dim=-1) == theirs.argmax(dim=-1)).sum(dtype=torch.float64)
    losses = [-scores.gather(1, labels[:, None]).sum(dtype=torch.float64) for scores in (ours, theirs)]
    return torch.stack([divergence, agreement, *losses]).cpu()
