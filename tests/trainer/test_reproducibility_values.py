"""The values of two runs, compared bit by bit."""

from __future__ import annotations

import math
import os
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from kan_shared.errors import KanError
from kan_shared.series import NUMPY_FIELDS, Record, live, pack
from kan_trainer.reproducibility import values as module
from kan_trainer.reproducibility.values import compare, is_measured, live_values, read_values

records = st.lists(
    st.builds(Record, st.integers(0, 30), st.just(0.0), st.floats(), st.integers(0, 3)), max_size=40
)  # steps go back and forth, as no trainer would write them


def array(of: list[Record]) -> NDArray[np.void]:
    return np.frombuffer(pack(of), NUMPY_FIELDS)


def steps(*values: float, begin: int = 1) -> NDArray[np.void]:
    return array([Record(step, 0.0, value, 0) for step, value in enumerate(values, begin)])


@given(records)
def test_what_a_resume_has_overwritten_is_left_out_as_everywhere(of: list[Record]) -> None:
    kept = live_values(array(of))
    assert kept.tobytes() == pack(live(of))


@given(records)
def test_a_series_is_equal_to_itself(of: list[Record]) -> None:
    compared = compare("a", array(of), array(of))
    assert (compared.values, compared.parting, compared.apart) == (len(of), None, 0)


@given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=30), st.data())
def test_the_smallest_change_is_found_where_it_is(of: list[float], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(of) - 1))
    other = [*of[:at], math.nextafter(of[at], 0 if of[at] else 1), *of[at + 1 :]]
    parting = compare("loss", steps(*of), steps(*other)).parting
    assert parting is not None
    assert (parting.step, parting.series, parting.there, parting.here) == (at + 1, "loss", of[at], other[at])


def test_zeros_have_a_sign_and_no_number_is_like_another() -> None:
    assert compare("a", steps(0.0), steps(-0.0)).parting is not None
    (other_nan,) = struct.unpack("<d", struct.pack("<Q", 0xFFF8000000000001))
    assert compare("a", steps(math.nan), steps(other_nan)).parting is None


def test_a_value_that_only_one_has_parts_them() -> None:
    parting = compare("a", steps(1, 2, 3), steps(1, 2)).parting
    assert parting is not None and (parting.step, parting.there, parting.here) == (3, 3.0, None)
    parting = compare("a", steps(2, 3, begin=2), steps(1, 2, 3)).parting
    assert parting is not None and (parting.step, parting.there, parting.here) == (1, None, 1.0)


def test_the_earliest_parts_them_whatever_comes_later() -> None:
    compared = compare("a", steps(1, 2, 3, 4), steps(1, 2.5, 3))
    assert compared.parting is not None and compared.parting.step == 2
    assert (compared.values, compared.apart) == (3, 0.5)


def test_one_that_was_cut_short_is_compared_as_far_as_it_came() -> None:
    assert compare("a", steps(1, 2), steps(1, 2, 3), whole=False).parting is None
    assert compare("a", steps(), steps(1, 2), whole=False).parting is None
    assert compare("a", steps(1, 2, 3), steps(1, 2), whole=False).parting is not None


def test_records_that_a_full_disk_lost_are_no_difference() -> None:
    compared = compare("a", steps(1, 2), steps(2, 3, begin=2), gaps=True)
    assert (compared.values, compared.parting) == (1, None)
    assert compare("a", steps(1, 2), steps(5, 3, begin=2), gaps=True).parting is not None


def test_several_values_of_one_step_are_compared_in_their_order() -> None:
    there, here = ([Record(1, 0.0, value, 0) for value in order] for order in ((1.0, 2.0), (1.0, 3.0)))
    compared = compare("a", array(there), array(here))
    assert compared.parting is not None and (compared.parting.there, compared.parting.here) == (2.0, 3.0)


def test_a_damaged_record_is_none(tmp_path: Path) -> None:
    data = bytearray(pack([Record(step, 0.0, 1.0, 0) for step in (1, 2, 3)]))
    data[40] ^= 1
    (tmp_path / "a").write_bytes(data + b"cut off")
    assert read_values(tmp_path / "a")["step"].tolist() == [1, 3]


def test_files_that_are_no_series_are_refused_or_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(read_values(tmp_path / "none")) == 0
    (tmp_path / "noise").write_bytes(os.urandom(10_000))
    assert len(read_values(tmp_path / "noise")) == 0
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(KanError, match="cannot be read"):
        read_values(tmp_path / "pipe")
    monkeypatch.setattr(module, "_MAX_RECORDS", 2)
    (tmp_path / "long").write_bytes(pack([Record(step, 0.0, 1.0, 0) for step in (1, 2, 3)]))
    with pytest.raises(KanError, match="more than 2 values"):
        read_values(tmp_path / "long")


def test_what_is_measured_of_the_machine_is_not_compared() -> None:
    names = ["system/gpu0/power", "tokens_per_second", "train/episodes_per_second", "step_seconds", "memory_bytes"]
    assert all(map(is_measured, names))
    assert not any(map(is_measured, ["train/loss", "learning_rate", "validation/accuracy", "train/tokens"]))
