"""Rows in batches: each once an epoch, alike in length, packed without touching each other."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kan_trainer.finetune.batches import Batches, Batching, MicroBatch, collate, in_order_of_length, packed
from kan_trainer.finetune.tokens import MASKED, TokenRow

PAD = 0


def row(number: int, length: int, prompt: int = 1) -> TokenRow:
    """`length` tokens, all of which say which row they are of; the first `prompt` have no label."""
    ids = [number + 1] * length
    return TokenRow(ids, [MASKED] * prompt + ids[prompt:])


rows_of = st.lists(st.integers(2, 40), min_size=1, max_size=60).map(
    lambda lengths: [row(number, length) for number, length in enumerate(lengths)]
)


def seen(batches: list[MicroBatch]) -> Counter[int]:
    """How many tokens of each row there are, by what the rows are called."""
    return Counter(token for batch in batches for token in batch.input_ids.flatten().tolist() if token != PAD)


@given(
    rows=rows_of,
    batch_size=st.integers(1, 5),
    accumulation=st.integers(1, 4),
    packing=st.booleans(),
    bucketing=st.booleans(),
    flat=st.booleans(),
    epoch=st.integers(1, 3),
)
@settings(deadline=None, max_examples=60)
def test_every_epoch_has_every_token_of_every_row_once(
    rows: list[TokenRow],
    batch_size: int,
    accumulation: int,
    packing: bool,
    bucketing: bool,
    flat: bool,
    epoch: int,
) -> None:
    batches = Batches(
        rows,
        Batching(
            batch_size=batch_size,
            accumulation=accumulation,
            pack_to=40 if packing else None,
            bucketing=bucketing,
            flat=flat,
            pad=PAD,
        ),
    )
    first = (epoch - 1) * batches.per_epoch + 1
    steps = [batches.step(step) for step in range(first, first + batches.per_epoch)]
    whole = [batch for step in steps for batch in step]
    assert seen(whole) == {number + 1: len(row.ids) for number, row in enumerate(rows)}
    assert all(1 <= len(step) <= accumulation for step in steps)
    assert sum(len(batch.targets) for batch in whole) == sum(len(row.ids) - 1 for row in rows)
    for batch in whole:  # each label is predicted from the token before it, of the same row
        assert batch.input_ids.flatten()[batch.predicting].tolist() == batch.targets.tolist()


@given(lengths=st.lists(st.integers(1, 50), max_size=80), seed=st.integers(0, 5))
def test_packs_hold_every_row_once_and_never_too_much(lengths: list[int], seed: int) -> None:
    packs = packed(lengths, 50)
    assert sorted(row for pack in packs for row in pack) == list(range(len(lengths)))
    assert all(sum(lengths[row] for row in pack) <= 50 for pack in packs)
    order = torch.randperm(len(lengths), generator=torch.Generator().manual_seed(seed)).tolist()
    assert len(packed([lengths[row] for row in order], 50)) == len(packs)  # else epochs would differ in their steps


def test_an_epoch_is_ordered_by_the_seed_and_by_its_number_alone() -> None:
    rows = [row(number, 5 + number % 7) for number in range(40)]

    def order(seed: int, step: int, before: int = 0) -> list[list[int]]:
        batches = Batches(rows, Batching(batch_size=4, pad=PAD, seed=seed))
        if before:
            batches.step(before)
        return [batch.input_ids.tolist() for batch in batches.step(step)]

    assert order(1, 3) == order(1, 3, before=25)
    assert order(1, 3) != order(2, 3)
    assert order(1, 3) != order(1, 13)


def test_rows_of_like_length_go_together() -> None:
    rows = [row(number, 5 + number * 7 % 60) for number in range(200)]

    def padding(bucketing: bool) -> int:
        batches = Batches(rows, Batching(batch_size=4, bucketing=bucketing, pad=PAD))
        steps = [batches.step(step)[0] for step in range(1, batches.per_epoch + 1)]
        return sum(batch.input_ids.numel() - batch.tokens for batch in steps)

    assert padding(True) * 10 < padding(False)


def test_positions_begin_anew_with_every_row_and_with_the_padding() -> None:
    rows = [row(0, 3), row(1, 2), row(2, 4)]
    batch = collate(rows, [(0, 1), (2,)], Batching(batch_size=2, pad=PAD))
    assert batch.input_ids.tolist() == [[1, 1, 1, 2, 2], [3, 3, 3, 3, PAD]]
    assert batch.position_ids is not None and batch.position_ids.tolist() == [[0, 1, 2, 0, 1], [0, 1, 2, 3, 0]]
    flat = collate(rows, [(0, 1), (2,)], Batching(batch_size=2, pad=PAD, flat=True))
    assert flat.position_ids is not None and flat.position_ids.tolist() == [[0, 1, 2, 0, 1, 0, 1, 2, 3]]


def test_a_validation_goes_from_the_shortest_to_the_longest() -> None:
    rows = [row(number, length) for number, length in enumerate((9, 2, 5, 3))]
    assert [batch.input_ids.shape for batch in in_order_of_length(rows, Batching(batch_size=2, pad=PAD))] == [
        (2, 3),
        (2, 9),
    ]


@pytest.mark.parametrize("attention", ["sdpa", "eager"])
def test_packed_rows_do_not_see_each_other(model_folder: Path, attention: str) -> None:
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(model_folder, attn_implementation=attention)
    generator = torch.Generator().manual_seed(0)
    rows = [
        TokenRow(ids, ids) for ids in (torch.randint(5, 200, (n,), generator=generator).tolist() for n in (9, 14, 6))
    ]
    batching = Batching(batch_size=1, pad=PAD)

    def logits(*sequence: int, mask: bool = False, cache: bool = False) -> torch.Tensor:
        batch = collate(rows, [sequence], batching)
        masks = {"attention_mask": torch.ones_like(batch.input_ids)} if mask else {}
        with torch.no_grad():
            return model(batch.input_ids, position_ids=batch.position_ids, use_cache=cache, **masks).logits[0]

    apart = torch.cat([logits(number) for number in (0, 1, 2)])
    assert (logits(0, 1, 2) - apart).abs().max() < 1e-5
    for wrong in ({"mask": True}, {"cache": True}):  # why neither is passed
        assert (logits(0, 1, 2, **wrong) - apart).abs().max() > 1e-2
