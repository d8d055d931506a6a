"""Series files: what is written is read, what is damaged is dropped, what did not fit is in the file in no part."""

from __future__ import annotations

import json
import math
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kan_shared.series import (
    MAX_STEP,
    NUMPY_FIELDS,
    RECORD_BYTES,
    Record,
    SeriesFile,
    SeriesWriter,
    ShortWrite,
    live,
    pack,
    unpack,
)

records = st.builds(
    Record,
    step=st.integers(-MAX_STEP, MAX_STEP),
    seconds=st.floats(),
    value=st.floats(),
    segment=st.integers(0, 2**32 - 1),
)


def line(start: int, stop: int) -> list[Record]:
    """Records of the steps `start` … `stop`."""
    return [Record(step, 1000.0 + step, 1 / (1 + step), 0) for step in range(start, stop)]


def steps(found: Any) -> list[int]:
    return [record.step for record in found]


# --------------------------------------------------------------------------------------
# The format


@pytest.mark.parametrize("step", [MAX_STEP + 1, -MAX_STEP - 1, 2**63 - 1])
def test_a_step_that_no_float_can_hold_is_no_record(step: int) -> None:
    assert list(unpack(pack([Record(step, 0.0, 1.0, 0)]))) == []


@given(st.lists(records, max_size=8))
def test_records_come_back_as_they_were_packed(written: list[Record]) -> None:
    data = pack(written)
    assert len(data) == RECORD_BYTES * len(written)
    assert pack(unpack(data)) == data, "bit for bit, NaN and the infinities included"
    assert [(r.step, r.segment) for r in unpack(data)] == [(r.step, r.segment) for r in written]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -0.0, 5e-324])
def test_values_that_are_no_ordinary_number(value: float) -> None:
    (found,) = unpack(pack([Record(1, 2.0, value, 3)]))
    assert struct.pack("<d", found.value) == struct.pack("<d", value)


@given(st.lists(records, min_size=1, max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_numpy_reads_the_same_in_one_line(tmp_path: Path, written: list[Record]) -> None:
    path = tmp_path / "loss.series"
    path.write_bytes(pack(written))
    table = np.memmap(path, NUMPY_FIELDS, "r")
    assert np.dtype(NUMPY_FIELDS).itemsize == RECORD_BYTES
    assert table["step"].tolist() == steps(written)
    assert table["segment"].tolist() == [record.segment for record in written]
    np.testing.assert_array_equal(table["value"], [record.value for record in written])
    np.testing.assert_array_equal(table["seconds"], [record.seconds for record in written])


def test_the_bytes_are_the_documented_ones() -> None:
    """Whoever reads the files without this package relies on them."""
    assert pack([Record(500, 1.5, 0.25, 2)]).hex() == (
        "f401000000000000000000000000f83f000000000000d03f0200000014a24093"
    )


@pytest.mark.parametrize("record", [Record(2**63, 0, 0, 0), Record(0, 0, 0, 2**32), Record(0, 0, 0, -1)])
def test_a_number_that_does_not_fit_is_refused(record: Record) -> None:
    with pytest.raises(struct.error):
        pack([record])


@pytest.mark.parametrize("torn", range(RECORD_BYTES))
def test_a_tail_cut_off_at_any_byte_is_left_out(torn: int) -> None:
    data = pack(line(0, 4))
    assert steps(unpack(data[: 3 * RECORD_BYTES + torn])) == [0, 1, 2]


@pytest.mark.parametrize("at", range(RECORD_BYTES))
def test_a_record_with_a_flipped_byte_is_dropped_alone(at: int) -> None:
    for mask in (0x01, 0x80, 0xFF):
        data = bytearray(pack(line(0, 3)))
        data[RECORD_BYTES + at] ^= mask
        assert steps(unpack(data)) == [0, 2]


@given(st.binary(max_size=200))
def test_garbage_is_no_record(data: bytes) -> None:
    whole = len(data) // RECORD_BYTES
    assert len(list(unpack(data))) <= whole


# --------------------------------------------------------------------------------------
# Writing


def test_a_writer_goes_on_where_the_last_one_ended(tmp_path: Path) -> None:
    path = tmp_path / "loss.series"
    for start in (0, 5):
        writer = SeriesWriter(path)
        writer.append(line(start, start + 5))
        writer.close()
        writer.close()
    assert steps(unpack(path.read_bytes())) == list(range(10))


@pytest.mark.parametrize("torn", [1, 16, 31])
def test_a_writer_cuts_off_what_its_predecessor_died_in(tmp_path: Path, torn: int) -> None:
    path = tmp_path / "loss.series"
    path.write_bytes(pack(line(0, 3))[:-torn])
    writer = SeriesWriter(path)
    writer.append(line(2, 4))
    writer.close()
    assert steps(unpack(path.read_bytes())) == [0, 1, 2, 3]


WITHIN_A_LIMIT = """
import json, resource, sys
from pathlib import Path
from kan_shared.series import Record, SeriesWriter, ShortWrite
path, limit = Path(sys.argv[1]), int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
writer, told = SeriesWriter(path), []
for start in range(0, 9, 3):
    try:
        writer.append([Record(step, 0.0, 0.0, 0) for step in range(start, start + 3)])
    except ShortWrite as error:
        told.append(["short", error.records])
    except OSError as error:
        told.append(["none", str(error.strerror)])
    else:
        told.append(["whole", 3])
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
writer.append([Record(9, 0.0, 0.0, 0)])
print(json.dumps(told))
"""


@pytest.mark.parametrize("limit", [96, 97, 127, 128, 150, 160, 191])
def test_a_short_write_leaves_whole_records_and_tells_how_many_not(tmp_path: Path, spawn: Any, limit: int) -> None:
    """A limit on the size of files cuts a write at any byte, as a full disk does; Python ignores its signal."""
    path = tmp_path / "loss.series"
    said, _ = spawn(WITHIN_A_LIMIT, path, limit).communicate()
    first, *rest = json.loads(said)

    assert first == ["whole", 3]
    for kind, detail in rest:
        assert kind == "short" or detail == "File too large"
    fitted = limit // RECORD_BYTES
    assert os.path.getsize(path) == (fitted + 1) * RECORD_BYTES
    assert steps(unpack(path.read_bytes())) == [*range(fitted), 9]
    if limit > 96:
        assert rest[0] == ["short", 6 - fitted]


def test_a_full_disk_loses_nothing_that_was_written(mount: Callable[[str], Path]) -> None:
    disk = mount("size=64k")
    path, count = disk / "loss.series", 0
    writer = SeriesWriter(path)
    filler = disk / "filler"
    filler.write_bytes(bytes(16 * 1024))
    with pytest.raises(OSError) as caught:
        while True:
            writer.append(line(count, count + 1000))
            count += 1000
    fitted = count + (1000 - caught.value.records if isinstance(caught.value, ShortWrite) else 0)
    assert steps(unpack(path.read_bytes())) == list(range(fitted))

    filler.unlink()
    writer.append(line(fitted, fitted + 5))
    writer.close()
    assert steps(unpack(path.read_bytes())) == list(range(fitted + 5))


def test_a_writer_killed_in_its_work_loses_nothing_whole(tmp_path: Path, spawn: Any) -> None:
    path = tmp_path / "loss.series"
    code = """
import itertools, os, sys
from pathlib import Path
from kan_shared.series import Record, SeriesWriter
writer = SeriesWriter(Path(sys.argv[1]))
for step in itertools.count():
    writer.append([Record(step, 0.0, 1.0, 0)])
    os.write(1, b"%d\\n" % step)
"""
    writer = spawn(code, path)
    for _ in range(2000):
        told = int(writer.stdout.readline())
    writer.kill()
    told = max([told, *(int(said) for said in writer.stdout if said[-1] == "\n")])
    found = steps(unpack(path.read_bytes()))
    assert found == list(range(len(found)))
    assert len(found) > told


# --------------------------------------------------------------------------------------
# Reading while it grows


def test_a_file_is_followed_as_it_grows(tmp_path: Path) -> None:
    path = tmp_path / "loss.series"
    file = SeriesFile(path)
    assert (file.refresh(), file.count, file.generation) == (False, 0, 0)
    writer = SeriesWriter(path)
    writer.append(line(0, 3))
    assert (file.refresh(), file.count) == (True, 3)
    assert not file.refresh()
    writer.append(line(3, 5))
    assert (file.refresh(), file.count, file.generation) == (True, 5, 0)
    writer.close()
    assert steps(unpack(file.read(1, 4))) == [1, 2, 3]
    assert steps(file.tail(2)) == [3, 4]
    assert steps(file.tail(99)) == [0, 1, 2, 3, 4]
    assert file.read(4, 2) == b""


def test_a_torn_tail_is_not_counted(tmp_path: Path) -> None:
    path = tmp_path / "loss.series"
    path.write_bytes(pack(line(0, 3))[:-1])
    file = SeriesFile(path)
    file.refresh()
    assert (file.count, steps(file.tail(5))) == (2, [0, 1])


def test_a_file_that_became_shorter_is_another(tmp_path: Path) -> None:
    path = tmp_path / "loss.series"
    path.write_bytes(pack(line(0, 5)))
    file = SeriesFile(path)
    file.refresh()
    os.truncate(path, 2 * RECORD_BYTES)
    assert steps(unpack(file.read(0, file.count))) == [0, 1], "a read that comes before the look is short"
    assert (file.refresh(), file.count, file.generation) == (True, 2, 1)


def test_a_file_that_was_replaced_is_another_though_it_is_as_long(tmp_path: Path) -> None:
    path = tmp_path / "loss.series"
    path.write_bytes(pack(line(0, 5)))
    file = SeriesFile(path)
    file.refresh()
    (tmp_path / "new").write_bytes(pack(line(100, 105)))
    os.replace(tmp_path / "new", path)
    assert (file.refresh(), file.generation) == (True, 1)


def test_a_file_that_goes_and_comes_is_another(tmp_path: Path) -> None:
    path = tmp_path / "loss.series"
    path.write_bytes(pack(line(0, 5)))
    file = SeriesFile(path)
    file.refresh()
    path.unlink()
    assert file.read(0, 5) == b""
    assert (file.refresh(), file.count, file.generation) == (True, 0, 1)
    assert not file.refresh()
    path.write_bytes(pack(line(0, 9)))
    assert (file.refresh(), file.count, file.generation) == (True, 9, 1)


@pytest.mark.parametrize("last", [1000, 100_000])  # read at once, and record by record
def test_a_long_file_is_sampled_evenly_from_its_first_record_to_its_last(tmp_path: Path, last: int) -> None:
    path = tmp_path / "loss.series"
    path.write_bytes(pack(line(0, last + 1)))
    file = SeriesFile(path)
    file.refresh()
    assert steps(file.sampled(0, file.count, 11)) == list(range(0, last + 1, last // 10))
    assert steps(file.sampled(last // 10, file.count, 10)) == list(range(last // 10, last + 1, last // 10))
    assert steps(file.sampled(last - 10, file.count, 11)) == list(range(last - 10, last + 1))
    assert steps(file.sampled(0, 5, 100)) == [0, 1, 2, 3, 4]
    path.unlink()
    assert file.sampled(0, last + 1, 11) == []


def test_a_sample_of_a_file_that_became_shorter_is_of_what_is_left(tmp_path: Path) -> None:
    path = tmp_path / "loss.series"
    path.write_bytes(pack(line(0, 1001)))
    file = SeriesFile(path)
    file.refresh()
    path.write_bytes(pack(line(0, 301)) + b"torn")
    assert steps(file.sampled(0, 1001, 11)) == [0, 100, 200, 300]


# --------------------------------------------------------------------------------------
# Resumes


def test_a_resume_takes_over_from_its_first_step_on() -> None:
    crashed = [Record(step, 0, 0, 0) for step in range(10)]
    resumed = [Record(step, 1, 1, 1) for step in range(5, 8)]
    assert live(crashed + resumed) == crashed[:5] + resumed


def test_a_resume_from_further_back_takes_over_from_all_before() -> None:
    first, second, third = (
        [Record(step, 0, 0, segment) for step in run]
        for segment, run in enumerate([range(10), range(8, 12), range(3, 6)])
    )
    assert live(first + second + third) == first[:3] + third


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 10)), max_size=5))
def test_what_is_live_is_one_line(segments: list[tuple[int, int]]) -> None:
    written = [
        Record(step, 0.0, 0.0, number)
        for number, (start, length) in enumerate(segments)
        for step in range(start, start + length)
    ]
    kept = live(written)
    assert steps(kept) == sorted(set(steps(kept)))
    assert kept[-1:] == written[-1:]
    for record in set(written) - set(kept):
        assert any(later.segment > record.segment and later.step <= record.step for later in written)
