"""Checksums of thousands of records at once are those of zlib."""

from __future__ import annotations

from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kan_monitor.charts.records import decode
from kan_monitor.charts.timeline import LATEST
from kan_shared.series import RECORD_BYTES, Record, pack

RECORDS = st.builds(Record, st.integers(-(2**53), 2**53), st.floats(0, LATEST), st.floats(), st.integers(0, 2**32 - 1))


@given(records=st.lists(RECORDS, max_size=20), repeated=st.sampled_from([1, 30]))
def test_columns_are_what_was_packed(records: list[Record], repeated: int) -> None:
    decoded = decode(pack(records * repeated))
    assert decoded.intact.all()
    assert decoded.steps.tolist() == [record.step for record in records] * repeated
    assert decoded.segments.tolist() == [record.segment for record in records] * repeated
    assert decoded.seconds.tolist() == [record.seconds for record in records] * repeated
    packed = np.array([record.value for record in records] * repeated)
    assert np.array_equal(decoded.values, packed, equal_nan=True)


@pytest.mark.parametrize("count", [1, 1000])
@given(record=RECORDS, bit=st.integers(0, 8 * RECORD_BYTES - 1))
def test_a_single_flipped_bit_is_noticed_in_one_record_and_in_many(count: int, record: Record, bit: int) -> None:
    data = bytearray(pack([record] * count))
    data[bit // 8] ^= 1 << bit % 8
    assert decode(data).intact.tolist() == [False] + [True] * (count - 1)
    assert decode(data, verify=False).intact.all()


@pytest.mark.parametrize("seconds", [-1.0, 2 * LATEST, float("nan"), float("inf")])
def test_a_record_of_no_time_is_a_damaged_one(seconds: float) -> None:
    assert decode(pack([Record(1, seconds, 1.0, 0), Record(2, 1.7e9, 1.0, 0)])).intact.tolist() == [False, True]


def test_a_cut_off_tail_is_ignored() -> None:
    data = pack([Record(1, 0.0, 1.0, 0), Record(2, 0.0, float("nan"), 0)])
    assert decode(data[:-1]).steps.tolist() == [1.0]
    assert isnan(decode(data).values[1])
    assert len(decode(b"").steps) == 0
