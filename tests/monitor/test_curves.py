"""The series of the loss chart: whole while they are short, from a pyramid when they are long, and drawn alike."""

from __future__ import annotations

import math
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from kan_monitor.charts.decimate import envelope
from kan_monitor.curves import SHORT_RECORDS, ChartOptions, Curve, Curves
from kan_monitor.sources.experiment import ExperimentSource
from kan_shared.series import Record, SeriesFile, SeriesWriter, unpack

from .cases import falling, series_of, source_run
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
    start, stop = curve.steps
    return curve.envelope(start, stop, columns, smoothing)


class TestACurve:
    def test_of_nothing_has_no_steps(self, curve):
        curve.refresh()
        assert curve.steps is None
        assert curve.envelope(0, 1, 4).mean == [None] * 4

    def test_of_a_missing_file_has_none_either(self, tmp_path):
        curve = Curve(SeriesFile(tmp_path / "none.series"))
        curve.refresh()
        assert curve.steps is None

    def test_grows_with_its_file(self, series, curve):
        for begin in range(0, 100, 10):
            series.append(series_of(float, range(begin, begin + 10)))
            curve.refresh()
            assert curve.steps == (0, begin + 9)
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
        assert long.steps == (0, LONG - 1)
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
        """The same few records as lists and as a pyramid."""
        series.append(series_of(falling(5.0, 1.0, 900, noise=0.1), range(1000)))
        series.append(series_of(falling(4.0, 1.0, 900), range(700, 900), segment=1))
        for smoothing in (0.0, 0.6, 0.99):
            other = Curve(SeriesFile(series.path))
            listed = whole(other, 77, smoothing)
            self.adopt(curve)
            stacked = whole(curve, 77, smoothing)
            for name in ("low", "high", "mean"):
                assert getattr(stacked, name) == pytest.approx(getattr(listed, name), rel=1e-9), (smoothing, name)

    def test_goes_on_growing(self, series, long):
        self.adopt(long)
        series.append(series_of(lambda _: 3.0, range(LONG, LONG + 500)))
        long.refresh()
        assert long.steps == (0, LONG + 499)
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
        assert long.steps == (0, LONG + 299)
        long.refresh()
        assert long.steps == (0, LONG + 499)

    def test_is_not_held_up_by_a_file_of_terabytes(self, series, long):
        self.adopt(long)
        os.truncate(series.path, 2**42)
        long.refresh()
        assert long.steps == (0, LONG - 1)


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
            ("train", "line", False),
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
