"""One curve: whole while it is short, from a pyramid when it is long, and the same envelope of both."""

from __future__ import annotations

import math
import os
import sys
import tempfile
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kan_monitor.charts.decimate import envelope, smooth
from kan_monitor.charts.pyramid import Pyramid
from kan_monitor.charts.timeline import CLOCK
from kan_monitor.curves import SHORT_RECORDS, Curve
from kan_shared.series import Record, SeriesFile, unpack

from .growing import Series
from .making import NOW, falling, series_of

LONG = SHORT_RECORDS + 1000


@pytest.fixture
def curve(series) -> Curve:
    return Curve(SeriesFile(series.path))


def exactly(curve: Curve, *, long: bool) -> Curve:
    """The curve, as if it were long."""
    if long:
        curve.adopt(Pyramid(file := curve.new_file()), file)
    return curve


def whole(curve: Curve, columns: int = 50, smoothing: float = 0.0):
    curve.refresh()
    start, stop = curve.reach()[:2]
    return curve.envelope(start, stop, columns, smoothing)


class TestACurve:
    def test_of_nothing_has_no_steps(self, curve):
        curve.refresh()
        assert curve.reach() is None
        assert curve.envelope(0, 1, 4).mean == [None] * 4

    def test_of_a_missing_file_has_none_either(self, tmp_path):
        curve = Curve(SeriesFile(tmp_path / "none.series"))
        curve.refresh()
        assert curve.reach() is None

    def test_grows_with_its_file(self, series, curve):
        for begin in range(0, 100, 10):
            series.append(series_of(float, range(begin, begin + 10)))
            curve.refresh()
            assert curve.reach()[:2] == (0, begin + 9)
        assert whole(curve, 100).mean == [float(step) for step in range(100)]

    def test_leaves_out_what_a_resume_has_overwritten(self, series, curve):
        series.append(series_of(lambda _: 1.0, range(100)))
        series.append(series_of(lambda _: 2.0, range(60, 80), segment=1))
        assert whole(curve, 80).mean == [1.0] * 60 + [2.0] * 20

    def test_begins_anew_with_another_file(self, series, curve):
        series.append(series_of(float, range(100)))
        curve.refresh()
        series.start_over(series_of(lambda _: 7.0, range(5)))
        assert whole(curve, 5).mean == [7.0] * 5

    def test_passes_over_a_broken_record(self, series, curve):
        series.append(series_of(float, range(10)))
        data = bytearray(series.path.read_bytes())
        data[3 * 32] ^= 1
        series.path.write_bytes(data)
        curve.refresh()
        assert curve.envelope(0, 9, 10).mean == [0, 1, 2, None, 4, 5, 6, 7, 8, 9]

    def test_keeps_what_a_resume_has_overwritten_as_its_branch(self, series, curve):
        series.append(series_of(lambda _: 1.0, range(100)))
        curve.refresh()
        assert not curve.has_branch
        series.append(series_of(lambda _: 2.0, range(60, 80), segment=1))
        curve.refresh()
        assert curve.has_branch
        assert curve.envelope(0, 99, 100, branch=True).mean == [None] * 60 + [1.0] * 40

    def test_is_viewed_by_time_too(self, series, curve):
        series.append([Record(10 * at, NOW + at, float(at), 0) for at in range(100)])
        curve.refresh()
        assert curve.reach(CLOCK) == (NOW, NOW + 99, 100)
        assert curve.envelope(NOW + 20, NOW + 23, 4, timeline=CLOCK).mean == [20, 21, 22, 23]

    def test_is_read_at_its_nearest_record(self, series, curve):
        series.append(series_of(lambda step: math.nan if step == 4 else float(step), range(0, 20, 2)))
        curve.refresh()
        record, average, _ = curve.read(12.9, 0.5)
        assert (record.step, record.value) == (12, 12.0)
        assert average == smooth([0, 2, 6, 8, 10, 12], 0.5)[-1]
        assert math.isnan(curve.read(4.2, 0.5).record.value)
        assert curve.read(1e9).record.step == 18

    def test_of_nothing_reads_nothing(self, curve):
        assert curve.read(1.0) is None
        assert curve.latest is None

    def test_knows_its_newest_record(self, series, curve):
        series.append(series_of(float, range(10)))
        curve.refresh()
        assert curve.latest.value == 9.0

    def test_keeps_its_average_when_zoomed(self, series, curve):
        """It is that of all values, whatever part of them is shown."""
        series.append(series_of(lambda step: float(step * 7919 % 101), range(1000)))
        curve.refresh()
        averages = smooth([float(step * 7919 % 101) for step in range(1000)], 0.9)
        assert curve.envelope(600, 619, 20, 0.9).mean == averages[600:620]

    def test_is_not_asked_twice_for_the_same(self, series, curve):
        """A crosshair that moves draws the chart anew, of the same answers."""
        series.append(series_of(float, range(10)))
        curve.refresh()
        found = curve.envelope(0, 9, 5)
        assert curve.envelope(0, 9, 5) is found
        series.append(series_of(float, range(10, 12)))
        curve.refresh()
        assert curve.envelope(0, 9, 5) is not found

    @given(
        looks=st.lists(st.lists(st.tuples(st.integers(-3, 40), st.floats(), st.booleans()), max_size=6), max_size=6),
        window=st.tuples(st.floats(-5, 45), st.floats(0, 50), st.integers(0, 30)),
        smoothing=st.sampled_from([0.0, 0.6]),
        long=st.booleans(),
        already=st.sampled_from([0, 300]),
    )
    def test_is_drawn_as_it_grows_as_if_it_had_been_there_at_once(self, looks, window, smoothing, long, already):
        start, width, columns = window
        asked = [(start, start + width, columns, smoothing, timeline) for timeline in (None, CLOCK)]
        asked.append((NOW + start, NOW + start + width, columns, smoothing, CLOCK))
        segment = 0
        with tempfile.TemporaryDirectory() as place:
            series = Series(Path(place) / "one.series")
            series.append([Record(step // 9, NOW + step / 27, math.sin(step), 0) for step in range(already)])
            grown = exactly(Curve(SeriesFile(series.path)), long=long)
            for records in looks:
                for step, value, resumed in records:
                    segment += resumed and not segment
                    series.append([Record(step, NOW + step / 3, value, segment)])
                at_once = exactly(Curve(SeriesFile(series.path)), long=long)
                for curve in (grown, at_once):
                    curve.refresh()
                for question, branch in product(asked, (False, True)):
                    drawn, expected = (curve.envelope(*question, branch=branch) for curve in (grown, at_once))
                    assert repr(drawn) == repr(expected)
                assert repr(grown.read(start, smoothing)) == repr(at_once.read(start, smoothing))
            series.writer.close()

    def test_passes_over_a_record_of_no_time(self, series, curve):
        series.append([Record(0, NOW, 1.0, 0), Record(1, math.nan, 2.0, 0), Record(2, -1.0, 3.0, 0)])
        assert whole(curve, 3).mean == [1.0, None, None]

    def test_marks_what_is_not_finite(self, series, curve):
        series.append(series_of(lambda step: math.nan if step == 4 else float(step), range(10)))
        assert whole(curve, 10).non_finite == [4]


class TestALongCurve:
    @pytest.fixture
    def long(self, series, curve) -> Curve:
        values = falling(5.0, 1.0, 900, noise=0.1)
        series.append(series_of(lambda step: 99.0 if step == 2501 else values(step), range(LONG)))
        return curve

    def adopt(self, curve: Curve) -> None:
        """As the app does, in its thread."""
        from kan_monitor.charts.pyramid import Pyramid

        file = curve.new_file()
        file.refresh()
        pyramid = Pyramid(file)
        while pyramid.extend(limit=1000):
            pass
        curve.adopt(pyramid, file)

    def test_wants_a_pyramid(self, long):
        long.refresh()
        assert long.wants_pyramid
        self.adopt(long)
        assert not long.wants_pyramid

    def test_a_short_one_wants_none(self, series, curve):
        series.append(series_of(float, range(SHORT_RECORDS)))
        curve.refresh()
        assert not curve.wants_pyramid

    def test_shows_its_whole_length_at_once(self, long):
        """Before the pyramid is there, an even sample of it."""
        sampled = whole(long)
        assert long.reach()[:2] == (0, LONG - 1)
        assert None not in sampled.mean

    def test_is_exact_with_its_pyramid(self, series, long):
        self.adopt(long)
        drawn = whole(long)
        records = list(unpack(series.path.read_bytes()))
        steps, values = [record.step for record in records], [record.value for record in records]
        exact = envelope(steps, values, start=0, stop=LONG - 1, columns=50)
        assert (drawn.low, drawn.high, drawn.mean) == (exact.low, exact.high, pytest.approx(exact.mean))
        assert 99.0 in drawn.high, "a spike of one step is not lost"

    def test_is_drawn_by_both_alike(self, series, curve):
        """The same few records as lists and as a pyramid, by step and by time."""
        series.append(series_of(falling(5.0, 1.0, 900, noise=0.1), range(1000)))
        series.append(series_of(falling(4.0, 1.0, 900), range(700, 900), segment=1))
        listed = Curve(SeriesFile(series.path))
        listed.refresh()
        self.adopt(curve)
        window = (NOW - 60, NOW, 77)
        for smoothing in (0.0, 0.6, 0.99):
            assert_alike(whole(curve, 77, smoothing), whole(listed, 77, smoothing))
            assert_alike(curve.envelope(*window, smoothing, CLOCK), listed.envelope(*window, smoothing, CLOCK))
        assert_alike(curve.envelope(0, 999, 77, branch=True), listed.envelope(0, 999, 77, branch=True))
        assert curve.reach(CLOCK)[:2] == listed.reach(CLOCK)[:2]
        for step in (0, 123.4, 707, 899, 5000):
            ours, theirs = curve.read(step, 0.6), listed.read(step, 0.6)
            assert ours.record == theirs.record
            assert ours.average == pytest.approx(theirs.average, rel=1e-9)

    def test_goes_on_growing(self, series, long):
        self.adopt(long)
        series.append(series_of(lambda _: 3.0, range(LONG, LONG + 500)))
        long.refresh()
        assert long.reach()[:2] == (0, LONG + 499)
        assert long.envelope(LONG, LONG + 499, 1).mean == [3.0]

    def test_begins_anew_with_another_file(self, series, long):
        self.adopt(long)
        series.start_over(series_of(lambda _: 7.0, range(5)))
        assert whole(long, 5).mean == [7.0] * 5

    def test_takes_in_a_part_at_every_look_where_there_is_much(self, series, long, monkeypatch):
        """A screen cannot wait for a file that was replaced by a huge one."""
        monkeypatch.setattr(sys.modules[Curve.__module__], "_RECORDS_AT_ONCE", 300)
        self.adopt(long)
        series.append(series_of(lambda _: 3.0, range(LONG, LONG + 500)))
        long.refresh()
        assert reached(long) == (0, LONG + 299)
        long.refresh()
        assert reached(long) == (0, LONG + 499)

    def test_is_not_held_up_by_a_file_of_terabytes(self, series, long):
        self.adopt(long)
        os.truncate(series.path, 2**42)
        long.refresh()
        assert reached(long) == (0, LONG - 1)


def reached(curve):
    reach = curve.reach()
    return reach and (reach.first, reach.last)


def assert_alike(one, other):
    assert one.non_finite == other.non_finite
    for name in ("low", "high", "mean"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-9), name
