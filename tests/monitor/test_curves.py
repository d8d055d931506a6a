"""The curves of the loss chart as they are laid over each other."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from kan_monitor.curves import ChartOptions, Curve, Curves
from kan_monitor.sources.experiment import ExperimentSource
from kan_monitor.viewport import Window
from kan_shared.series import Record

from .looking import PLACE
from .making import NOW, series_of
from .source import source_run


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
