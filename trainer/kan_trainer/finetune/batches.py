"""Which rows every step sees: the seed and the number of the epoch decide it, so that a resumed run needs nothing more.

Rows of like length go together (bucketing), or several fill one sequence (packing).
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final, TypeVar

import torch
from torch import Tensor

from kan_trainer.finetune.tokens import TokenRow

#: Batches whose rows are sorted by length together: more make less padding, and less chance.
_WINDOW: Final = 64
_EPOCHS_A_SEED: Final = 1_000_003
#: Numbers of the rows that make one sequence.
RowNumbers = tuple[int, ...]
T = TypeVar("T")


@dataclass(frozen=True)
class MicroBatch:
    """What goes through the model at once.

    Attributes:
        input_ids: Tokens, `(sequences, length)`, padded on the right.
        position_ids: Where each is in its row, of the same shape; `None` where every sequence is one row.
        predicting: The places, in the flattened `input_ids`, whose next token has a label.
        targets: Those labels.
        tokens: Tokens that are no padding.
    """

    input_ids: Tensor
    position_ids: Tensor | None
    predicting: Tensor
    targets: Tensor
    tokens: int

    def to(self, device: torch.device) -> MicroBatch:
        """The same on `device`."""
        positions = None if self.position_ids is None else self.position_ids.to(device, non_blocking=True)
        ids, predicting, targets = (
            tensor.to(device, non_blocking=True) for tensor in (self.input_ids, self.predicting, self.targets)
        )
        return MicroBatch(ids, positions, predicting, targets, self.tokens)


@dataclass(frozen=True, kw_only=True)
class Batching:
    """How rows become batches.

    Attributes:
        batch_size: Sequences of a micro-batch.
        accumulation: Micro-batches of a step.
        pack_to: Tokens that a sequence of several rows may have; `None`: one row a sequence.
        bucketing: Whether rows of like length go together.
        pad: The token to pad with.
        flat: Whether all sequences of a micro-batch lie behind each other in one, without padding: what flash attention
            takes rows apart by.
        seed: Of the order.
    """

    batch_size: int
    accumulation: int = 1
    pack_to: int | None = None
    bucketing: bool = True
    pad: int
    flat: bool = False
    seed: int = 0


class Batches:
    """The steps over `rows`.

    Attributes:
        per_epoch: Steps in an epoch; the last of each may have fewer micro-batches.
    """

    def __init__(self, rows: Sequence[TokenRow], batching: Batching) -> None:
        self._rows = rows
        self._batching = batching
        self._lengths = [len(row.ids) for row in rows]
        self._epoch = 0
        self._order: list[list[RowNumbers]] = []
        sequences = len(packed(self._lengths, batching.pack_to)) if batching.pack_to else len(rows)
        self.per_epoch = math.ceil(math.ceil(sequences / batching.batch_size) / batching.accumulation)

    def epoch(self, step: int) -> int:
        """The epoch that `step` belongs to; both are counted from 1."""
        return (step - 1) // self.per_epoch + 1

    def step(self, step: int) -> list[MicroBatch]:
        """The micro-batches of `step`."""
        if self._epoch != self.epoch(step):
            self._epoch = self.epoch(step)
            self._order = self._ordered(self._epoch)
        start = (step - 1) % self.per_epoch * self._batching.accumulation
        chosen = self._order[start : start + self._batching.accumulation]
        return [collate(self._rows, sequences, self._batching) for sequences in chosen]

    def _ordered(self, epoch: int) -> list[list[RowNumbers]]:
        generator = torch.Generator().manual_seed((self._batching.seed * _EPOCHS_A_SEED + epoch) % 2**63)
        size = self._batching.batch_size
        sequences: list[RowNumbers] = [(row,) for row in _shuffled(range(len(self._rows)), generator)]
        if self._batching.pack_to:
            rows = list(chain.from_iterable(sequences))
            packs = packed([self._lengths[row] for row in rows], self._batching.pack_to)
            sequences = _shuffled([tuple(rows[place] for place in pack) for pack in packs], generator)
        if not self._batching.bucketing:
            return _cut(sequences, size)
        alike = [
            sequence
            for window in _cut(sequences, size * _WINDOW)
            for sequence in sorted(window, key=lambda rows: sum(self._lengths[row] for row in rows))
        ]
        return _shuffled(_cut(alike, size), generator)


def in_order_of_length(rows: Sequence[TokenRow], batching: Batching) -> list[MicroBatch]:
    """All `rows` once, one a sequence, for a validation: no order, no chance."""
    order = sorted(range(len(rows)), key=lambda row: len(rows[row].ids))
    return [collate(rows, [(row,) for row in part], batching) for part in _cut(order, batching.batch_size)]


def packed(lengths: Sequence[int], room: int) -> list[list[int]]:
    """Numbers of rows, in sequences of at most `room` tokens: the longest first, each where the least is left.

    How many they are does not depend on the order of the rows. Best-fit decreasing needs at most 11/9 of the fewest
    possible. Source: D. S. Johnson et al., SIAM J. Comput. 3 (1974) 299.
    """
    packs: list[list[int]] = []
    left: list[tuple[int, int]] = []  # room left, and the pack that has it; ascending
    for row in sorted(range(len(lengths)), key=lambda row: -lengths[row]):
        place = bisect.bisect_left(left, (lengths[row], -1))
        if place == len(left):
            packs.append([])
            remaining, pack = room, len(packs) - 1
        else:
            remaining, pack = left.pop(place)
        packs[pack].append(row)
        bisect.insort(left, (remaining - lengths[row], pack))
    return packs


def collate(rows: Sequence[TokenRow], sequences: Sequence[RowNumbers], batching: Batching) -> MicroBatch:
    """The rows of `sequences` as tensors.

    Neither padding nor what belongs to another row is masked: padding comes last, where no token looks back at it, and
    rows are told apart by their positions, which begin at 0 with each. With a mask beside them they would not be.
    """
    if batching.flat:
        sequences = [tuple(chain.from_iterable(sequences))]
    width = max(sum(len(rows[row].ids) for row in sequence) for sequence in sequences)
    ids = torch.full((len(sequences), width), batching.pad)
    positions = torch.arange(width).repeat(len(sequences), 1)
    predicting: list[int] = []
    targets: list[int] = []
    for number, sequence in enumerate(sequences):
        start = 0
        for row in (rows[row] for row in sequence):
            end = start + len(row.ids)
            ids[number, start:end] = torch.tensor(row.ids)
            positions[number, start:] = torch.arange(width - start)
            learned = [place for place, label in enumerate(row.labels) if label >= 0 and place]
            predicting += [number * width + start + place - 1 for place in learned]
            targets += [row.labels[place] for place in learned]
            start = end
        positions[number, start:] = torch.arange(width - start)
    several = any(len(sequence) > 1 for sequence in sequences)
    return MicroBatch(
        ids,
        positions if several else None,
        torch.tensor(predicting),
        torch.tensor(targets),
        sum(len(rows[row].ids) for sequence in sequences for row in sequence),
    )


def _shuffled(items: Sequence[T], generator: torch.Generator) -> list[T]:
    return [items[place] for place in torch.randperm(len(items), generator=generator).tolist()]


def _cut(items: Sequence[T], size: int) -> list[list[T]]:
    return [list(items[start : start + size]) for start in range(0, len(items), size)]
