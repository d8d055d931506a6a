"""The pyramid says of millions of records in a file what plain Python says of a list."""

from __future__ import annotations

import os
import tempfile
import tracemalloc
from collections import Counter
from itertools import groupby
from math import inf, isclose, isfinite, nan
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kan_monitor.charts import decimate
from kan_monitor.charts.decimate import Envelope, smooth
from kan_monitor.charts.pyramid import Pyramid
from kan_monitor.charts.reading import Sides, beside, nearer
from kan_monitor.charts.timeline import CLOCK, Timeline
from kan_shared.series import RECORD_BYTES, Record, SeriesFile, SeriesWriter, live


class Series:
    """A series file with its pyramid, and its records as a list."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.records: list[Record] = []
        self.file = SeriesFile(path)
        self.pyramid = Pyramid(self.file)
        self._writer = SeriesWriter(path)

    def append(self, records: list[Record]) -> None:
        self.records += records
        self._writer.append(records)
        self.file.refresh()

    def log(self, *values: float, first: int = 0, segment: int = 0) -> None:
        self.append([Record(first + at, 1.7e9, value, segment) for at, value in enumerate(values)])

    def expected(
        self,
        start: float,
        stop: float,
        columns: int,
        smoothing: float = 0.0,
        *,
        timeline: Timeline | None = None,
        branch: bool = False,
    ) -> Envelope:
        curve = live(self.records)
        if branch:
            curve = list((Counter(self.records) - Counter(curve)).elements())
        values = [record.value for record in curve]
        values = smooth(values, smoothing) if smoothing else values
        places = [place(record, timeline) for record in curve]
        return decimate.envelope(places, values, start=start, stop=stop, columns=columns)

    def expected_sides(self, x: float, smoothing: float, timeline: Timeline | None) -> Sides:
        curve = live(self.records)
        averages = smooth([record.value for record in curve], smoothing)
        return beside(curve, averages, [place(record, timeline) for record in curve], x)

    def timeline(self) -> Timeline:
        """When it was up: from the first to the last record of every segment."""
        segments = [list(of) for _, of in groupby(self.records, key=lambda record: record.segment)]
        return Timeline.of((of[0].seconds, of[-1].seconds) for of in segments)


def place(record: Record, timeline: Timeline | None) -> float:
    return record.step if timeline is None else timeline.elapsed(record.seconds)


@pytest.fixture
def series(tmp_path: Path) -> Series:
    return Series(tmp_path / "train.bin")


def assert_same(found: Envelope, expected: Envelope) -> None:
    """Extremes and marks to the last bit, means up to the order of summation."""
    assert found.low == expected.low
    assert found.high == expected.high
    assert found.non_finite == expected.non_finite
    assert_close(found, expected)


def assert_close(found: Envelope, expected: Envelope) -> None:
    assert found.non_finite == expected.non_finite
    for ours, theirs in zip(found[:3], expected[:3], strict=True):
        assert [value is None for value in ours] == [value is None for value in theirs]
        for one, other in zip(ours, theirs, strict=True):
            assert one is None or other is None or isclose(one, other, rel_tol=1e-9, abs_tol=1e-6)


T0 = 1.7e9
VALUES = st.floats(-1e6, 1e6) | st.sampled_from([nan, inf, -inf])


@st.composite
def runs(draw: st.DrawFn) -> list[list[Record]]:
    """What a run appends piece by piece: some after a resume, with steps that repeat, skip or just go on.

    Between the pieces time passes, or the clock is put back.
    """
    pieces, segment, step, seconds = [], 0, 0, T0
    for _ in range(draw(st.integers(1, 5))):
        seconds += draw(st.sampled_from([0.0, 0.3, 1e4, -7.0]))
        pace = draw(st.sampled_from([0.1, 1.0, 0.0]))
        if draw(st.booleans()):
            segment, step = segment + 1, draw(st.integers(0, step))
        stride = draw(st.sampled_from([1, 2, 0]))
        values = draw(st.lists(VALUES, min_size=1, max_size=8)) * draw(st.sampled_from([100, 10, 1, 500]))
        pieces.append(
            [Record(step + at * stride, seconds + at * pace, value, segment) for at, value in enumerate(values)]
        )
        step += len(values) * stride
        seconds += len(values) * pace
    return pieces


@settings(max_examples=100, deadline=None)
@given(
    pieces=runs(),
    limit=st.sampled_from([None, 1000, 64, 7]),
    columns=st.integers(1, 40),
    start=st.integers(-5, 500),
    length=st.integers(0, 3000) | st.floats(0.01, 20),
    x=st.sampled_from(["step", "elapsed", "clock"]),
)
def test_it_agrees_with_decimate_whatever_a_run_does(
    pieces: list[list[Record]], limit: int | None, columns: int, start: float, length: float, x: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        series = Series(Path(folder) / "series")
        for piece in pieces:
            series.append(piece)
            series.pyramid.extend(limit=limit)
            series.pyramid.envelope(start=0, stop=10, columns=4, smoothing=0.5)
        series.pyramid.extend()
        timeline = {"step": None, "elapsed": series.timeline(), "clock": CLOCK}[x]
        start += T0 if x == "clock" else 0
        window = {"start": start, "stop": start + length, "columns": columns, "timeline": timeline}
        assert_same(series.pyramid.envelope(**window), series.expected(**window))
        assert_close(series.pyramid.envelope(**window, smoothing=0.5), series.expected(**window, smoothing=0.5))
        assert_same(series.pyramid.envelope(**window, branch=True), series.expected(**window, branch=True))
        assert_reads(series, start + length, timeline)


def assert_reads(series: Series, x: float, timeline: Timeline | None) -> None:
    found = series.pyramid.beside(x, smoothing=0.5, timeline=timeline)
    for ours, theirs in zip(found, series.expected_sides(x, 0.5, timeline), strict=True):
        assert (ours is None) == (theirs is None)
        if ours is None or theirs is None:
            continue
        assert ours.place == theirs.place == place(ours.record, timeline)
        if ours.record == theirs.record:  # of many in one place that are far from each other, another may be met
            assert isclose(ours.average, theirs.average, rel_tol=1e-9, abs_tol=1e-6) or not isfinite(ours.average)


@settings(max_examples=15, deadline=None)
@given(
    spike=st.integers(0, 19_999),
    columns=st.integers(1, 300),
    smoothing=st.sampled_from([0.0, 0.9]),
    timeline=st.sampled_from([None, CLOCK]),
)
def test_the_spike_of_a_single_step_is_never_lost(
    spike: int, columns: int, smoothing: float, timeline: Timeline | None
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        series = Series(Path(folder) / "series")
        series.append([Record(at, float(at), 100.0 if at == spike else 1.0, 0) for at in range(20_000)])
        series.pyramid.extend()
        window = {"start": 0, "stop": 19_999, "columns": columns, "timeline": timeline}
        high = series.pyramid.envelope(**window, smoothing=smoothing).high
    column = min(int(spike * decimate.columns_per_step(0, 19_999, columns)), columns - 1)
    assert high[column] == max(value for value in high if value is not None) > 10


def test_zooming_does_not_change_the_average(series: Series) -> None:
    """It is that of all records, whatever is shown of them."""
    series.log(*(float(at * 7919 % 101) for at in range(5000)))
    series.pyramid.extend()
    averages = smooth([record.value for record in series.records], 0.97)
    for start, columns in ((0, 5000), (1234, 100), (4321, 10)):
        window = {"start": start, "stop": start + columns - 1, "columns": columns}
        found = series.pyramid.envelope(**window, smoothing=0.97)
        assert found.mean == pytest.approx(averages[start : start + columns], rel=1e-9)


def test_a_crosshair_reads_the_very_record(series: Series) -> None:
    series.append([Record(10 * at, T0 + at, float(at), 3) for at in range(2000)])
    series.pyramid.extend()
    read = nearer(series.pyramid.beside(12_344), 12_344)
    assert read is not None and read.record == Record(12_340, T0 + 1234, 1234.0, 3)
    by_time = nearer(series.pyramid.beside(T0 + 77.4, timeline=CLOCK), T0 + 77.4)
    assert by_time is not None and by_time.record.step == 770
    assert series.pyramid.beside(-1)[0] is None
    assert series.pyramid.beside(19_990)[1] is None


def test_a_crosshair_reads_past_many_records_at_one_time(series: Series) -> None:
    """Where a clock stands still, more blocks lie in one place than are looked into."""
    series.append([Record(at, T0 + at / 10, 1.0, 0) for at in range(8)])
    series.append([Record(at, T0 + 0.7, 2.0, 0) for at in range(8, 8 + 100 * 64)])
    series.pyramid.extend()
    _, behind = series.pyramid.beside(T0 + 0.15, timeline=CLOCK)
    assert behind is not None and behind.record.step == 2


def test_it_takes_in_what_is_new_and_says_whether_anything_was(series: Series) -> None:
    assert not series.pyramid.extend()
    assert series.pyramid.span() is None

    series.log(3.0, 2.0, 1.0)
    assert series.pyramid.extend(limit=2)
    assert (series.pyramid.loaded, series.pyramid.count, series.pyramid.span()) == (2, 3, (0.0, 1.0))
    assert series.pyramid.extend(limit=2)
    assert not series.pyramid.extend(limit=2)
    assert (series.pyramid.loaded, series.pyramid.span()) == (3, (0.0, 2.0))


def test_what_a_resume_overwrites_is_the_branch_and_not_the_curve(series: Series) -> None:
    window = {"start": 0, "stop": 499, "columns": 5}
    series.log(*[5.0] * 500)
    series.pyramid.extend()
    assert not series.pyramid.has_branch
    assert series.pyramid.envelope(**window, branch=True).high == [None] * 5

    series.log(*[2.0] * 100, first=200, segment=1)
    series.pyramid.extend()
    assert series.pyramid.has_branch
    assert series.pyramid.span() == (0, 299)
    assert series.pyramid.envelope(**window).high == [5, 5, 2, None, None]
    assert series.pyramid.envelope(**window, branch=True).high == [None, None, 5, 5, 5]


def test_the_average_goes_back_with_a_resume(series: Series) -> None:
    window = {"start": 0, "stop": 500, "columns": 9, "smoothing": 0.5}
    series.log(*(float(step % 7) for step in range(500)))
    series.pyramid.extend()
    assert_close(series.pyramid.envelope(**window), series.expected(**window))
    series.log(*(float(step % 5) for step in range(300)), first=200, segment=1)
    series.pyramid.extend()
    assert_close(series.pyramid.envelope(**window), series.expected(**window))


def test_a_damaged_record_is_passed_over_and_counted(series: Series) -> None:
    series.log(*[1.0] * 300, 9.0, *[1.0] * 300)
    data = bytearray(series.path.read_bytes())
    data[300 * RECORD_BYTES + 20] ^= 1
    series.path.write_bytes(data)
    series.pyramid.extend()
    assert series.pyramid.bad_records == 1
    for smoothing in (0.0, 0.5):
        assert series.pyramid.envelope(start=0, stop=600, columns=7, smoothing=smoothing).high == [1.0] * 7


def test_a_file_that_was_replaced_is_read_from_its_start(series: Series, tmp_path: Path) -> None:
    series.log(*[1.0] * 200)
    series.pyramid.extend()
    other = Series(tmp_path / "other")
    other.log(2.0, 3.0)
    os.replace(other.path, series.path)
    series.file.refresh()
    assert series.pyramid.extend()
    assert series.pyramid.loaded == 2
    assert series.pyramid.envelope(start=0, stop=1, columns=2).high == [2.0, 3.0]

    series.path.unlink()
    series.file.refresh()
    assert series.pyramid.extend()
    assert series.pyramid.span() is None
    assert not series.pyramid.extend()


def test_a_file_that_shrinks_between_two_looks_does_no_harm(series: Series) -> None:
    series.log(*[1.0] * 1000)
    series.pyramid.extend()
    os.truncate(series.path, 10 * RECORD_BYTES)
    for smoothing in (0.0, 0.5):
        found = series.pyramid.envelope(start=0, stop=999, columns=7, smoothing=smoothing)
        assert set(found.high) <= {1.0, None}


def test_a_file_that_becomes_a_pipe_between_two_looks_is_not_waited_for(series: Series) -> None:
    series.log(*range(1000))
    series.pyramid.extend()
    series.path.unlink()
    os.mkfifo(series.path)
    found = series.pyramid.envelope(start=0.5, stop=998.5, columns=7)
    assert len(found.low) == 7


def test_a_sparse_file_of_terabytes_claims_no_memory(series: Series) -> None:
    series.log(*range(1000))
    os.truncate(series.path, 2**43)
    series.file.refresh()
    tracemalloc.start()
    series.pyramid.extend(limit=2000)
    taken = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert taken < 2**31
    assert series.pyramid.envelope(start=0, stop=999, columns=2).high == [499, 999]


def test_the_average_of_another_weight_can_be_prepared_in_pieces(series: Series) -> None:
    series.log(*(float(step % 17) for step in range(3000)))
    series.pyramid.extend()
    pieces = 0
    while series.pyramid.prepare(0.99, limit=1000):
        pieces += 1
    assert pieces == 3
    window = {"start": 0, "stop": 2999, "columns": 9}
    assert_close(series.pyramid.envelope(**window, smoothing=0.99), series.expected(**window, smoothing=0.99))
    assert_close(series.pyramid.envelope(**window, smoothing=0.1), series.expected(**window, smoothing=0.1))


@pytest.mark.parametrize("prepared", [0, 1000, 3000])
def test_an_average_that_is_up_to_date_keeps_up_and_another_one_catches_up(series: Series, prepared: int) -> None:
    series.log(*(float(step % 17) for step in range(3000)))
    series.pyramid.extend()
    series.pyramid.prepare(0.9, limit=prepared)
    series.log(*(float(step % 19) for step in range(3000)), first=3000)
    series.pyramid.extend()
    assert series.pyramid.prepare(0.9) is (prepared < 3000)
    window = {"start": 0, "stop": 5999, "columns": 7}
    assert_close(series.pyramid.envelope(**window, smoothing=0.9), series.expected(**window, smoothing=0.9))


@pytest.mark.parametrize("weight", [-0.1, 1.0, nan])
def test_a_weight_is_a_share(series: Series, weight: float) -> None:
    with pytest.raises(ValueError, match="less than 1"):
        series.pyramid.envelope(start=0, stop=1, columns=2, smoothing=weight)


def test_no_columns_have_nothing_in_them(series: Series) -> None:
    series.log(1.0, 2.0)
    series.pyramid.extend()
    assert series.pyramid.envelope(start=0, stop=1, columns=0) == series.expected(0, 1, 0)


def test_means_of_the_largest_numbers_stay_among_them(series: Series) -> None:
    series.log(*[1.7e308, 1.6e308] * 100, *[-1.7e308, 1.7e308] * 100)
    series.pyramid.extend()
    for smoothing in (0.0, 0.5):
        found = series.pyramid.envelope(start=0, stop=399, columns=2, smoothing=smoothing)
        assert all(low <= mean <= high for low, high, mean in zip(*found[:3], strict=True))


def test_queries_pass_while_another_thread_loads(series: Series) -> None:
    series.log(*[1.0] * 100_000)
    loading = Thread(target=series.pyramid.extend)
    loading.start()
    while loading.is_alive():
        assert set(series.pyramid.envelope(start=0, stop=99_999, columns=50).high) <= {1.0, None}
    loading.join()
    assert series.pyramid.envelope(start=0, stop=99_999, columns=50).high == [1.0] * 50


def test_memory_is_that_of_the_blocks_alone(series: Series) -> None:
    """18 MB for ten million records: 1.8 bytes a record, the average of one weight included."""
    series.log(*[1.0] * 1000)
    series.pyramid.extend()  # makes the tables of the checksums, once for all series
    count = 200_000
    series.log(*[1.0] * count, first=1000)
    tracemalloc.start()
    series.pyramid.extend()
    series.pyramid.prepare(0.5)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 1.8 * count
