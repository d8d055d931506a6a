"""What the view says of progress, loss and hardware."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kan_monitor.dashboard import Figure, Gauge
from kan_monitor.headless.json_format import json_line
from kan_monitor.headless.text_format import text_lines
from kan_shared.state import Host, Rate, Telemetry

from .making import GIB, NOW, rtx_4090
from .seeing import metric, see

COUNTS = st.one_of(st.none(), st.integers(0, 10**7))


class TestProgress:
    def test_is_that_of_the_source(self):
        progress = see().progress
        assert (progress.step.figure.text, progress.step.whole.text) == ("2 400", "4 500")
        assert (progress.epoch.figure.text, progress.epoch.whole.text) == ("8", "15")
        assert progress.step.share.text == progress.epoch.share.text == "53.3"
        assert (progress.throughput.text, progress.throughput.unit) == ("1 420", "tok/s")

    @given(COUNTS, COUNTS, COUNTS, COUNTS, st.sampled_from(["running", "complete"]))
    def test_counters_are_never_inverted_and_never_disagree(self, step, total_steps, epoch, total_epochs, status):
        """What was done stands before the whole, and both counters show the same share of the run, 0 … 100 %."""
        progress = see(
            step=step, total_steps=total_steps, epoch=epoch, total_epochs=total_epochs, status=status
        ).progress
        assert (progress.step.figure.value, progress.step.whole.value) == (step, total_steps)
        assert (progress.epoch.figure.value, progress.epoch.whole.value) == (epoch, total_epochs)
        known = {gauge.fraction for gauge in (progress.step, progress.epoch) if gauge.fraction is not None}
        assert len(known) <= 1
        assert all(0 <= fraction <= 1 for fraction in known)
        for gauge in (progress.step, progress.epoch):
            assert gauge.share.known == (gauge.fraction is not None) or gauge.whole.value == 0

    @given(st.integers(0, 10**6), st.integers(1, 10**6))
    def test_the_share_never_falls_while_the_run_goes_on(self, step, total):
        now, next_ = (see(step=done, total_steps=total).progress.step.fraction for done in (step, step + 1))
        assert now <= next_

    @pytest.mark.parametrize(
        ("epoch", "status", "share"),
        [(1, "running", "0.0"), (8, "running", "46.7"), (15, "running", "93.3"), (15, "complete", "100.0")],
    )
    def test_an_epoch_counts_when_it_is_over(self, epoch, status, share):
        progress = see(step=None, total_steps=None, epoch=epoch, status=status).progress
        assert progress.epoch.share.text == share

    def test_a_run_without_a_plan_has_no_share(self):
        progress = see(total_steps=None, total_epochs=None).progress
        assert progress.step.fraction is None
        assert progress.step.share == Figure(unit="%")

    @pytest.mark.parametrize(
        ("pace", "steps", "epochs", "shown"),
        [
            (0.25, 3000, 10, "00:01:15 an epoch"),
            (0.017, 3000, 100, "0.510 s an epoch"),
            (None, 3000, 10, "— "),
            (0.25, None, 10, "— "),
            (0.25, 3000, None, "— "),
        ],
    )
    def test_an_epoch_takes_its_steps_at_the_pace_of_the_run(self, pace, steps, epochs, shown):
        epoch = see(seconds_per_step=pace, total_steps=steps, total_epochs=epochs).progress.epoch_duration
        assert f"{epoch.text} {epoch.unit}" == shown

    @pytest.mark.parametrize(("unit", "shown"), [("tokens", "tok/s"), ("samples", "samples/s"), ("steps", "steps/s")])
    def test_the_throughput_has_the_unit_of_the_task(self, unit, shown):
        assert see(rate=Rate(unit=unit, per_second=69.70687)).progress.throughput.unit == shown

    @pytest.mark.parametrize(
        ("rates", "mark"),
        [
            ((), ""),
            ((1e-3,), "→"),
            ((1e-3, 5e-4), "↓"),
            ((1e-4, 5e-4), "↑"),
            ((1e-3, 1e-3), "→"),
            ((1e-3, 5e-4, 5e-4), "↓"),
            ((0.0, 0.0), "→"),
        ],
    )
    def test_the_learning_rate_has_a_direction(self, rates, mark):
        assert see(learning_rates=rates).progress.learning_rate_mark == mark

    @pytest.mark.parametrize(
        ("norm", "text", "word"),
        [
            (3.2, "3.20", "healthy"),
            (30.38489, "30.4", "high"),
            (5e-4, "5.0e-4", "vanishing"),
            ("NaN", "NaN", "not finite"),
            ("Infinity", "∞", "exploding"),
        ],
    )
    def test_the_gradient_says_how_it_is(self, norm, text, word):
        gradient = see(metrics={"gradient_norm": metric(norm)}).progress.gradient_norm
        assert (gradient.text, gradient.word) == (text, word)

    def test_only_metrics_of_the_runs_own_are_listed(self):
        names = ["train/loss", "validation/loss", "learning_rate", "gradient_norm", "accuracy", "[red]r2"]
        shown = see(metrics={name: metric(0.5) for name in names}).progress.metrics
        assert [own.name for own in shown] == ["accuracy", "[red]r2"]

    def test_which_value_is_best_only_a_goal_says(self):
        metrics = {"train/loss": metric(1.0), "accuracy": metric(0.5, best=0.75), "norm": metric(0.5, best=0.1)}
        shown = see(metrics=metrics, goals={"accuracy": "maximize"}).progress.metrics
        assert [own.best.text for own in shown] == ["0.7500", "—"]


class TestLoss:
    def test_is_that_of_the_source(self):
        loss = see().loss
        assert (loss.train.text, loss.change.text, loss.validation.text) == ("2.146", "−68.9", "2.310")
        assert (loss.best.text, loss.best_step.text) == ("2.271", "2 100")

    @pytest.mark.parametrize(("value", "text"), [("NaN", "NaN"), ("Infinity", "∞"), ("-Infinity", "−∞")])
    def test_what_is_not_finite_is_a_value_and_bad(self, value, text):
        loss = see(metrics={"train/loss": metric(value)}, recent_losses=tuple(range(100, 0, -1))).loss
        assert (loss.train.text, loss.train.severity, loss.train.word) == (text, "bad", "not finite")
        assert not loss.change.known
        assert loss.trend.word is None, "a loss that is no number does not fall"

    @pytest.mark.parametrize(
        ("first", "last", "change"),
        [
            (2.0, 1.0, "−50.0"),
            (1.0, 2.0, "+100.0"),
            (-1.0, -2.0, "−100.0"),
            (1.0, 1.0, "+0.0"),
            (0.0, 1.0, "—"),
            ("NaN", 1.0, "—"),
        ],
    )
    def test_the_change_is_since_the_start(self, first, last, change):
        assert see(metrics={"train/loss": metric(last, first=first)}).loss.change.text == change

    @pytest.mark.parametrize(
        ("losses", "word", "mark", "severity"),
        [
            (tuple(range(100, 0, -1)), "decreasing", "↓", "good"),
            ((2.0,) * 100, "plateau", "→", "warn"),
            (tuple(range(100)), "increasing", "↑", "bad"),
            ((1.0, 2.0), None, "", "none"),
        ],
    )
    def test_the_trend_has_word_mark_and_severity(self, losses, word, mark, severity):
        trend = see(recent_losses=losses).loss.trend
        assert (trend.word, trend.mark, trend.severity) == (word, mark, severity)

    def test_the_best_is_that_of_validation_where_there_is_one(self):
        train, validation = metric(1.0, best=0.5, best_step=7), metric(1.0, best=0.75, best_step=9)
        assert see(metrics={"train/loss": train}).loss.best.text == "0.5000"
        assert see(metrics={"train/loss": train, "validation/loss": validation}).loss.best.text == "0.7500"

    def test_a_run_without_a_loss_is_judged_by_its_first_metric(self):
        loss = see(metrics={"[b]reward": metric(7.0), "other": metric(1.0)}).loss
        assert (loss.series, loss.label, loss.train.text) == ("[b]reward", "[b]reward", "7.000")

    @pytest.mark.parametrize(
        ("series", "title"), [("train/loss", "loss"), ("my_Loss", "loss"), ("score", "score"), ("mAP", "mAP")]
    )
    def test_it_is_called_a_loss_only_where_it_is_one(self, series, title):
        dashboard = see(metrics={series: metric(7.0)})
        assert dashboard.loss.title == title
        assert f"{title[0].upper()}{title[1:]}: 7.000" in text_lines(dashboard)
        assert json.loads(json_line(dashboard))["judged_by"] == series

    def test_that_of_none_is_a_loss_to_come(self):
        assert see(metrics={}).loss.title == "loss"

    @pytest.mark.parametrize(("goal", "severity"), [("maximize", "good"), ("minimize", "bad")])
    def test_where_it_shall_rise_to_rise_is_good(self, goal, severity):
        trend = see(metrics={"score": metric(7.0)}, goals={"score": goal}, recent_losses=tuple(range(100))).loss.trend
        assert (trend.word, trend.severity) == ("increasing", severity)

    def test_before_the_first_step_it_says_what_it_waits_for(self):
        assert see(metrics={}).loss.note == "waiting for the first step"
        assert see("crashed", metrics={}).loss.note == "no step was logged"
        assert see("waiting", state=None).loss.note == "waiting for a run in experiments/x"


class TestHardware:
    @pytest.mark.parametrize(
        ("field", "value", "gauge", "severity", "word"),
        [
            ("utilization_percent", 49.9, "utilization", "warn", "underused"),
            ("utilization_percent", 85.1, "utilization", "great", ""),
            ("memory_used_bytes", int(24 * GIB * 0.699), "memory", "good", ""),
            ("memory_used_bytes", int(24 * GIB * 0.701), "memory", "warn", "high"),
            ("memory_used_bytes", int(24 * GIB * 0.901), "memory", "bad", "OOM risk"),
            ("temperature_celsius", 83, "temperature", "bad", "hot"),
            ("power_watts", 450 * 0.699, "power", "good", ""),
            ("power_watts", 450 * 0.901, "power", "bad", "at limit"),
        ],
    )
    def test_memory_and_power_are_judged_by_their_share(self, field, value, gauge, severity, word):
        gpu = see(telemetry=Telemetry(seconds=NOW, gpus=(rtx_4090(**{field: value}),))).hardware.gpus[0]
        judged: Gauge = getattr(gpu, gauge)
        assert (judged.figure.severity, judged.figure.word) == (severity, word)

    def test_is_that_of_the_source(self):
        gpu = see().hardware.gpus[0]
        assert gpu.name == "NVIDIA GeForce RTX 4090"
        assert gpu.utilization.figure.text == "78"
        assert (gpu.memory.figure.text, gpu.memory.whole.text, gpu.memory.share.text) == ("9.2", "24.0", "38")
        assert (gpu.temperature.figure.text, gpu.temperature.note) == ("67", "83 throttle")
        assert (gpu.power.figure.text, gpu.power.whole.text, gpu.power.share.text) == ("285", "450", "63")

    def test_the_gpu_that_needs_a_look_comes_first(self):
        cool, warm, hot = ({"temperature_celsius": degrees} for degrees in (40, 75, 90))
        gpus = (rtx_4090(0, **cool), rtx_4090(1, **warm), rtx_4090(2, **hot), rtx_4090(3, **cool))
        assert [gpu.index for gpu in see(telemetry=Telemetry(seconds=NOW, gpus=gpus)).hardware.gpus] == [2, 1, 0, 3]

    def test_more_than_the_whole_is_the_whole(self):
        over = rtx_4090(power_watts=500, memory_used_bytes=25 * GIB, temperature_celsius=120)
        gpu = see(telemetry=Telemetry(seconds=NOW, gpus=(over,))).hardware.gpus[0]
        assert gpu.power.fraction == gpu.memory.fraction == gpu.temperature.fraction == 1.0
        assert gpu.power.figure.text == "500", "the figure is what was measured all the same"

    def test_a_total_of_zero_is_no_division(self):
        gpu = see(
            telemetry=Telemetry(seconds=NOW, gpus=(rtx_4090(memory_total_bytes=0, power_limit_watts=0),))
        ).hardware.gpus[0]
        assert gpu.memory.fraction is None
        assert gpu.power.fraction is None

    def test_why_there_is_no_gpu_is_said(self):
        hardware = see(
            telemetry=Telemetry(seconds=NOW, gpu_problem="no driver\x1b[2J", host=Host(cpu_percent=3))
        ).hardware
        assert (hardware.problem, hardware.gpus) == ("no driver␛[2J", ())
        assert hardware.cpu.figure.text == "3"
