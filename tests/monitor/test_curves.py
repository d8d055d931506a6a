"""The series of the loss chart: whole while they are short, from a pyramid when they are long, and drawn alike."""

from __future__ import annotations

import math
import os
import sys
import tempfile
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kan_monitor.charts.decimate import envelope, smooth
from kan_monitor.charts.timeline import CLOCK, Timeline
from kan_monitor.curves import SHORT_RECORDS, ChartOptions, Curve, Curves
from kan_monitor.sources.experiment import ExperimentSource
from kan_monitor.uptime import Uptime
from kan_monitor.viewport import Window
from kan_shared.series import Record, SeriesFile, SeriesWriter, unpack

from .cases import NOW, falling, series_of, source_run
from .looking import PLACE

LONG = SHORT_RECORDS + 1000


class Series:
    """A series file that grows."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.writer = SeriesWriter(path)

    def append(self, records: list[Record]) -> None:
        self.writer.append(records)

    def start_over(self, records: list[Record]) -> None:
        self.path.unlink()
        self.writer.close()
        self.writer = SeriesWriter(self.path)
        self.append(records)


@pytest.fixture
def series(tmp_path):
    found = Series(tmp_path / "one.series")
    yield found
    found.writer.close()


@pytest.fixture
def curve(series) -> Curve:
    return Curve(SeriesFile(series.path))


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
    )
    def test_is_drawn_as_it_grows_as_if_it_had_been_there_at_once(self, looks, window, smoothing):
        start, width, columns = window
        asked = [(start, start + width, columns, smoothing, timeline) for timeline in (None, CLOCK)]
        asked.append((NOW + start, NOW + start + width, columns, smoothing, CLOCK))
        segment = 0
        with tempfile.TemporaryDirectory() as place:
            series = Series(Path(place) / "one.series")
            grown = Curve(SeriesFile(series.path))
            for records in looks:
                for step, value, resumed in records:
                    segment += resumed and not segment
                    series.append([Record(step, NOW + step / 3, value, segment)])
                at_once = Curve(SeriesFile(series.path))
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


class TestUptime:
    """When the run was up is looked up in a series, with a few small reads."""

    @pytest.fixture
    def uptime(self, series) -> Uptime:
        return Uptime(SeriesFile(series.path))

    def segment(self, number: int, begin: float, count: int) -> list[Record]:
        return [Record(at, begin + at, 0.0, number) for at in range(count)]

    def test_is_from_the_first_to_the_last_record_of_each_segment(self, series, uptime):
        series.append(self.segment(0, 1000, 501))
        assert uptime.timeline() == Timeline.of([(1000, 1500)])
        series.append([*self.segment(1, 9000, 1), *self.segment(4, 20_000, 101)])
        assert uptime.timeline() == Timeline.of([(1000, 1500), (9000, 9000), (20_000, 20_100)])
        series.append(self.segment(5, 50_000, 7))
        assert uptime.timeline() == Timeline.of([(1000, 1500), (9000, 9000), (20_000, 20_100), (50_000, 50_006)])

    def test_of_nothing_is_the_clock(self, uptime):
        assert uptime.timeline() == CLOCK

    def test_is_known_in_spite_of_broken_records(self, series, uptime):
        series.append([*self.segment(0, 1000, 100), *self.segment(1, 5000, 100)])
        data = bytearray(series.path.read_bytes())
        for at in (0, 99, 100, 150):
            data[at * 32] ^= 1
        series.path.write_bytes(data)
        assert uptime.timeline() == Timeline.of([(1001, 1098), (5001, 5099)])

    def test_begins_anew_with_another_file(self, series, uptime):
        series.append([*self.segment(0, 1000, 100), *self.segment(1, 5000, 100)])
        uptime.timeline()
        series.start_over(self.segment(0, 7000, 10))
        assert uptime.timeline() == Timeline.of([(7000, 7009)])

    @given(noise=st.binary(max_size=32 * 50))
    def test_of_noise_is_harmless(self, noise):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "noise"
            path.write_bytes(noise)
            assert Uptime(SeriesFile(path)).timeline() == CLOCK


@pytest.mark.usefixtures("home")
class TestCurves:
    @pytest.fixture
    def curves(self) -> Curves:
        source_run().write(PLACE)
        curves = Curves(ExperimentSource(PLACE))
        curves.refresh(["train/loss", "validation/loss"])
        return curves

    def test_has_the_training_curve_under_that_of_validation(self, curves):
        layers = curves.plot("train/loss", 4500, 70, ChartOptions()).layers
        assert [(layer.series, layer.kind, layer.faint) for layer in layers] == [
            ("train", "band", True),
            ("train", "mean", False),
            ("validation", "line", False),
        ]

    def test_has_no_band_where_nothing_is_smoothed(self, curves):
        layers = curves.plot("train/loss", 4500, 70, ChartOptions(smoothing=0)).layers
        assert [(layer.series, layer.kind) for layer in layers] == [("train", "line"), ("validation", "line")]

    def test_lets_go_of_what_is_not_asked_for(self, curves):
        curves.refresh(["validation/loss"])
        layers = curves.plot("train/loss", 4500, 70, ChartOptions()).layers
        assert [layer.series for layer in layers] == ["validation"]

    def test_is_empty_before_there_is_anything(self):
        curves = Curves(ExperimentSource(PLACE))
        curves.refresh([])
        assert curves.plot(None, None, 70, ChartOptions()) == ([], 0.0, 1.0)
        assert curves.plot(None, 4500, 70, ChartOptions()) == ([], 0.0, 4500.0)

    @pytest.mark.parametrize(
        ("last", "total", "shown"),
        [
            (240, 4500, (0, 250)),
            (251, 4500, (0, 300)),
            (2699, 4500, (0, 3000)),
            (2700, 4500, (0, 4500)),
            (4500, 4500, (0, 4500)),
            (4501, 4500, (0, 5000)),
            (999, None, (0, 1000)),
            (1, None, (1, 2)),
        ],
    )
    def test_the_axis_ends_at_a_round_step_or_with_the_run(self, last, total, shown):
        """So that the curve does not move with every step."""
        replace(source_run(), series={"train/loss": series_of(float, sorted({1, last}))}).write(PLACE)
        curves = Curves(ExperimentSource(PLACE))
        curves.refresh(["train/loss"])
        assert curves.plot("train/loss", total, 70, ChartOptions())[1:] == shown

    def test_the_axis_of_a_run_that_began_late_does_not_begin_at_zero(self):
        replace(source_run(), series={"train/loss": series_of(float, range(9000, 9500))}).write(PLACE)
        curves = Curves(ExperimentSource(PLACE))
        curves.refresh(["train/loss"])
        assert curves.plot("train/loss", None, 70, ChartOptions())[1:] == (9000, 9500)

    @pytest.mark.parametrize(
        ("last", "shown"), [(40, 40), (61, 75), (1500, 1500), (3500, 3600), (3700, 4500), (90_000, 108_000)]
    )
    def test_the_axis_of_time_ends_at_a_round_time(self, last, shown):
        records = [Record(1, NOW, 1.0, 0), Record(2, NOW + last, 1.0, 0)]
        replace(source_run(), series={"train/loss": records}).write(PLACE)
        curves = Curves(ExperimentSource(PLACE))
        curves.refresh(["train/loss"])
        assert curves.plot("train/loss", 2, 70, ChartOptions(x="elapsed"))[1:] == (0, shown)
        assert curves.plot("train/loss", 2, 70, ChartOptions(x="clock"))[1:] == (NOW, NOW + shown)

    def test_another_x_axis_shows_the_same_part_of_the_run(self, curves):
        window = ChartOptions(window=Window(1000, 2000), cursor=1500.0)
        elapsed = curves.turned(window, "elapsed")
        clock = curves.turned(elapsed, "clock")
        assert elapsed.window[:2] == pytest.approx((999 * 0.105, 1999 * 0.105))
        assert clock.window[:2] == pytest.approx((NOW - 1400 * 0.105, NOW - 400 * 0.105))
        assert curves.turned(clock, "step") == window

    def test_a_window_shows_its_records_one_by_one(self, curves):
        options = ChartOptions(smoothing=0.0, window=Window(1475, 1485))
        layer = curves.plot("train/loss", 4500, 70, options).layers[0]
        assert sum(value is not None for value in layer.envelope.mean) == 11
        assert max(value for value in layer.envelope.high if value) == 5.31

    def test_between_two_records_there_is_still_their_line(self, curves):
        """Validation is logged every 100 steps; the window shows 50 steps of it, without a record."""
        options = ChartOptions(smoothing=0.0, window=Window(1520, 1570))
        layer = curves.plot("train/loss", 4500, 70, options).layers[-1]
        left, right = (curves.read("validation/loss", options._replace(cursor=at)).record for at in (1500.0, 1600.0))
        assert (left.step, right.step) == (1500, 1600)
        slope = (right.value - left.value) / 100
        assert layer.series == "validation"
        assert layer.envelope.mean[0] == pytest.approx(left.value + 20 * slope)
        assert layer.envelope.mean[-1] == pytest.approx(left.value + 70 * slope)
        assert set(layer.envelope.mean[1:-1]) == {None}

    def test_no_line_comes_from_what_is_not_a_number(self):
        values = series_of(lambda step: math.nan if step == 10 else 1.0, range(0, 50, 10))
        replace(source_run(), series={"train/loss": values}).write(PLACE)
        curves = Curves(ExperimentSource(PLACE))
        curves.refresh(["train/loss"])
        for window, ends in (((12, 28), (None, 1.0)), ((2, 8), (None, None)), ((15, 18), (None, None))):
            layer = curves.plot("train/loss", None, 70, ChartOptions(smoothing=0.0, window=Window(*window))).layers[0]
            assert (layer.envelope.mean[0], layer.envelope.mean[-1]) == ends

    def test_not_a_number_is_marked_in_a_window_too(self):
        values = series_of(lambda step: math.nan if step == 51 else 1.0, range(100))
        replace(source_run(), series={"train/loss": values}).write(PLACE)
        curves = Curves(ExperimentSource(PLACE))
        curves.refresh(["train/loss"])
        layer = curves.plot("train/loss", None, 20, ChartOptions(window=Window(50, 53))).layers[-1]
        assert len(layer.envelope.non_finite) == 1

    def test_a_branch_lies_behind_its_curve(self, curves):
        resumed = [Record(step, NOW + step, 3.0, 1) for step in range(2000, 2100)]
        series = {"train/loss": [*source_run().series["train/loss"], *resumed]}
        replace(source_run(), series=series).write(PLACE)
        curves = Curves(ExperimentSource(PLACE))
        curves.refresh(["train/loss"])
        layers = curves.plot("train/loss", 4500, 70, ChartOptions()).layers
        assert [(layer.kind, layer.faint) for layer in layers] == [("line", True), ("band", True), ("mean", False)]

    def test_the_last_look_is_found_on_every_axis(self, curves):
        seen = ChartOptions(seen_seconds=NOW - 105.0)
        assert curves.seen(seen) == 1400
        assert curves.seen(seen._replace(x="elapsed")) == pytest.approx(1399 * 0.105)
        assert curves.seen(seen._replace(x="clock")) == pytest.approx(NOW - 105)
        assert curves.seen(ChartOptions()) is None

    def test_a_curve_that_is_not_drawn_costs_nothing(self, curves, monkeypatch):
        """But for the one by which it is known when the run was up."""
        looked_at = []
        monkeypatch.setattr(Curve, "refresh", lambda curve: looked_at.append(curve.new_file().path.name))
        curves.refresh(["gradient_norm"], "train/loss")
        assert len(looked_at) == 2

    def test_a_plan_goes_on_to_the_end_of_the_run(self, curves):
        curves.refresh(["learning_rate"], "train/loss")
        plan = ((0, 0.0), (4500, 4.5))
        plot = curves.plot_of("learning_rate", 4500, 53, ChartOptions(), plan=plan)
        ahead = plot.layers[0]
        assert (plot.stop, ahead.faint) == (4500, True)
        assert ahead.envelope.mean == pytest.approx([0.05 * (column + 0.5) for column in range(90)])
        zoomed = curves.plot_of("learning_rate", 4500, 53, ChartOptions(window=Window(0, 900)), plan=plan)
        assert zoomed.layers[0].envelope.mean[-1] == pytest.approx(0.9, abs=0.01)
