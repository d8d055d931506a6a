"""Tokens drawn at random, each row from a generator of its own: neither its neighbours nor torch's own state matter.

The largest of `scores + Gumbel noise` is a draw from their softmax (Maddison et al. 2014, arXiv:1411.0030), so that
greedy search over noisy scores samples.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import torch
from torch import Tensor


def seed_of_row(seed: int, row: int) -> int:
    """What the generator of the row with number `row` starts from."""
    return int.from_bytes(blake2b(f"{seed}/{row}".encode(), digest_size=8).digest()) >> 1


class NoisyScores:
    """A logits processor of transformers, after which the largest score is a sample.

    Args:
        seeds: Of each row of the batch.
        temperature: What the scores are divided by.
        top_p: Only the likeliest tokens that together have this probability are drawn.
        device: Where the scores are.
    """

    def __init__(self, seeds: Sequence[int], *, temperature: float, top_p: float, device: torch.device) -> None:
        self._generators = [torch.Generator(device).manual_seed(seed) for seed in seeds]
        self._temperature, self._top_p = temperature, top_p

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:  # noqa: ARG002  transformers hands both
        """`scores` (rows x vocabulary) with noise; what is outside of `top_p` is minus infinity."""
        scores = _likeliest(scores.float() / self._temperature, self._top_p)
        noise = torch.empty_like(scores)
        for row, generator in zip(noise, self._generators, strict=True):
            row.exponential_(generator=generator)
        return scores - noise.clamp_(min=torch.finfo(noise.dtype).tiny).log_()


def _likeliest(scores: Tensor, top_p: float) -> Tensor:
    if top_p >= 1:
        return scores
    ordered, places = scores.sort(dim=-1, descending=True)
    probabilities = ordered.softmax(dim=-1)
    before = probabilities.cumsum(dim=-1) - probabilities
    outside = torch.zeros_like(before, dtype=torch.bool).scatter(-1, places, before >= top_p)
    return scores.masked_fill(outside, -torch.inf)
