"""From facts to figures: what the dashboard says of a run, and that it never says more than is known."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kan_monitor.dashboard import Dashboard, Figure, Gauge, Piece
from kan_monitor.sources.facts import Condition, Facts
from kan_monitor.view import ViewOptions, build
from kan_monitor.view.sample import sample_view
from kan_shared.errors import NoSuchRun, UnreadableState
from kan_shared.journal import Event, Sample
from kan_shared.state import Gpu, Host, Loss, Metric, Rate, State, Telemetry

from .cases import CASES, GIB, NOW, event, rtx_4090, source_run

STATE = source_run().state
COUNTS = st.one_of(st.none(), st.integers(0, 10**7))


def see(condition: Condition = "running", *, now: float = NOW, offset: int = 0, **facts: Any) -> Dashboard:
    """The dashboard of the source's run, with other facts; what is no fact is a field of its state."""
    names = {"place", "problem", "events", "samples", "recent_losses", "learning_rates", "state"}
    changes = {name: facts.pop(name) for name in list(facts) if name not in names}
    facts.setdefault("state", msgspec.structs.replace(STATE, **changes))
    return build(
        Facts(condition=condition, **{"place": "experiments/x", **facts}),
        ViewOptions(utc_offset_seconds=offset),
        now=now,
        frame=1,
    )


def metric(value: Any, **changes: Any) -> Metric:
    fields = {"step": 1, "value": value, "seconds": NOW, "count": 1, "first": 1.0}
    return Metric(**{**fields, **changes})


def figures(part: Any) -> list[Figure]:
    """Every figure in a part of the dashboard."""
    if isinstance(part, Figure):
        return [part]
    if isinstance(part, msgspec.Struct):
        return [figure for name in part.__struct_fields__ for figure in figures(getattr(part, name))]
    return [figure for piece in part for figure in figures(piece)] if isinstance(part, tuple) else []


class TestUnknownIsNeverZero:
    @pytest.mark.parametrize("case", CASES)
    def test_a_figure_without_a_value_is_a_dash(self, case, look_once):
        for figure in figures(look_once(case).dashboard):
            assert figure.known == (figure.text != "—"), figure
            assert figure.known or figure.severity == "none", figure

    def test_nothing_is_known_of_a_run_that_is_not_there(self):
        nothing = see("waiting", state=None, problem=NoSuchRun("no"))
        assert not any(figure.known for figure in figures(nothing))
        assert nothing.sample is None
        assert nothing.header.finish == "—"

    def test_a_gpu_that_does_not_say_is_no_idle_gpu(self):
        gpu = see(telemetry=Telemetry(seconds=NOW, gpus=(Gpu(index=0),))).hardware.gpus[0]
        for gauge in (gpu.utilization, gpu.memory, gpu.temperature, gpu.power):
            assert gauge.fraction is None
            assert gauge.figure == Figure(unit=gauge.figure.unit)

    def test_a_gpu_that_idles_says_zero(self):
        gpu = see(telemetry=Telemetry(seconds=NOW, gpus=(Gpu(index=0, utilization_percent=0),))).hardware.gpus[0]
        assert (gpu.utilization.figure.text, gpu.utilization.fraction) == ("0", 0.0)

    def test_used_memory_without_a_total_has_no_share(self):
        gpu = see(telemetry=Telemetry(seconds=NOW, gpus=(Gpu(index=0, memory_used_bytes=GIB),))).hardware.gpus[0]
        assert (gpu.memory.figure.text, gpu.memory.fraction, gpu.memory.share.text) == ("1.0", None, "—")
        assert gpu.memory.figure.severity == "none"


class TestHeader:
    def test_is_that_of_the_source(self):
        header = see().header
        assert (header.elapsed.text, header.eta.text, header.finish) == ("00:04:12", "00:08:33", "14:02")
        assert (header.name, header.subtitle) == ("qwen-rust-tests-07", "qlora · Qwen2.5-Coder-0.5B")

    @pytest.mark.parametrize(
        ("condition", "severity"),
        [
            ("running", "good"),
            ("paused", "warn"),
            ("error", "bad"),
            ("complete", "info"),
            ("crashed", "bad"),
            ("stalled", "bad"),
        ],
    )
    def test_a_badge_has_the_severity_of_the_specification(self, condition, severity):
        badge = see(condition).header.badge
        assert (badge.word, badge.severity) == (condition, severity)
        assert badge.mark

    @pytest.mark.parametrize(
        ("condition", "changes", "detail"),
        [
            ("running", {}, ""),
            ("slow", {"last_step_seconds": NOW - 25}, "no step for 25 s"),
            ("stalled", {"heartbeat_seconds": NOW - 42}, "no sign of life for 42 s"),
            ("stalled", {"heartbeat_seconds": NOW - 1, "last_step_seconds": NOW - 400}, "no step for 7 min"),
            ("stalled", {"last_step_seconds": None, "started_seconds": NOW - 7200}, "no step for 2 h"),
            ("crashed", {}, "process 4242 is gone"),
            ("unreachable", {"heartbeat_seconds": NOW - 95}, "no word from gpu-box for 2 min"),
            ("error", {"message": "it {broke}"}, "it {broke}"),
            ("stopped", {"message": "by SIGTERM"}, "by SIGTERM"),
            ("stopped", {"message": None}, ""),
        ],
    )
    def test_a_badge_says_what_is_the_matter(self, condition, changes, detail):
        assert see(condition, **changes).header.badge.detail == detail

    def test_before_there_is_a_run_the_badge_says_where_one_is_awaited(self):
        badge = see("waiting", state=None).header.badge
        assert (badge.word, badge.detail) == ("waiting", "no state in experiments/x yet")

    @pytest.mark.parametrize("condition", ["running", "slow"])
    def test_the_clock_goes_on_between_states(self, condition):
        first, later = (see(condition, now=NOW + wait).header.elapsed.value for wait in (0, 2.5))
        assert later - first == pytest.approx(2.5)

    @pytest.mark.parametrize(
        "condition", ["paused", "complete", "stopped", "error", "crashed", "stalled", "unreachable"]
    )
    def test_the_clock_of_a_run_that_does_not_move_stands_still(self, condition):
        first, later = (see(condition, now=NOW + wait).header.elapsed for wait in (0, 1000))
        assert first == later

    def test_the_clock_does_not_run_backwards_for_a_producer_in_the_future(self):
        assert see(heartbeat_seconds=NOW + 50).header.elapsed.value == STATE.elapsed_seconds

    def test_the_eta_counts_down_within_a_step_and_no_further(self):
        """A step that takes longer than usual holds the ETA; the finish moves then, not the time to go."""
        slow_steps = {"seconds_per_step": 10.0, "total_steps": 2402, "last_step_seconds": NOW}
        waits = (0, 4, 9, 10, 15, 60)
        remaining = [see(now=NOW + wait, **slow_steps).header.eta.value for wait in waits]
        assert remaining == pytest.approx([20, 16, 11, 10, 10, 10])

    def test_a_pause_holds_the_eta(self):
        assert see("paused", now=NOW + 5000).header.eta == see("paused").header.eta
        assert see("paused", now=NOW + 5000).header.finish != see("paused").header.finish

    def test_after_a_resume_the_eta_is_that_of_the_present_pace(self):
        resumed = see(segment=1, elapsed_seconds=9e4, seconds_per_step=2.0, last_step_seconds=NOW)
        assert resumed.header.eta.text == "01:10:00"

    @pytest.mark.parametrize("condition", ["complete", "stopped", "error", "crashed", "stalled", "unreachable"])
    def test_a_run_that_does_not_go_on_has_no_eta(self, condition):
        header = see(condition).header
        assert (header.eta.known, header.finish) == (False, "—")

    @pytest.mark.parametrize("unknown", ["seconds_per_step", "total_steps", "step"])
    def test_there_is_no_eta_without_a_pace_and_an_end(self, unknown):
        assert not see(**{unknown: None}).header.eta.known

    def test_the_finish_is_by_the_clock_of_the_one_who_looks(self):
        assert see(offset=2 * 3600).header.finish == "16:02"


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


class TestSampleAndEvents:
    def test_the_last_sample_is_shown_and_counted(self):
        samples = tuple(
            Sample(seconds=NOW, step=step, input="i", target="t", generated="g", match=0.5) for step in (5, 6)
        )
        shown = see(samples=samples)
        assert shown.sample.step.text == "6"
        assert shown.sample.position == "2 of 2"

    def test_any_sample_can_be_shown(self):
        """By its place among those that are known; the position counts those before them, too."""
        samples = tuple(
            Sample(seconds=NOW, step=step, input="", target="a b c", generated=f"a b {step}", match=step / 10)
            for step in range(3)
        )
        facts = Facts(place="x", condition="running", state=msgspec.structs.replace(STATE, samples=40), samples=samples)
        shown = [sample_view(facts, index) for index in (None, 0, 1, 2, 99, -5)]
        assert [each.step.text for each in shown] == ["2", "0", "1", "2", "2", "0"]
        assert [each.position for each in shown[:3]] == ["40 of 40", "38 of 40", "39 of 40"]
        assert all(each.matches == (0.0, 0.1, 0.2) for each in shown)
        assert shown[1].difference == (Piece("same", "a b "), Piece("missing", "c"), Piece("extra", "0"))

    def test_samples_change_when_new_ones_come(self):
        """Bug TUI-002 of the source: a preview that says it is waiting for ever."""
        assert see().sample is None
        one, other = (Sample(seconds=NOW, step=1, input="i", target="t", generated=text) for text in ("a", "b"))
        assert see(samples=(one,)).sample.generated == "a"
        assert see(samples=(one, other)).sample.generated == "b"

    @pytest.mark.parametrize(
        ("match", "text", "severity", "word"),
        [
            (None, "—", "none", ""),
            (0.0, "0", "bad", "poor"),
            (0.5, "50", "warn", "partial"),
            (0.85, "85", "good", "good"),
            (1.0, "100", "good", "good"),
        ],
    )
    def test_a_match_is_judged(self, match, text, severity, word):
        sample = Sample(seconds=NOW, step=1, input="", target="", generated="", match=match)
        judged = see(samples=(sample,)).sample.match
        assert (judged.figure.text, judged.figure.severity, judged.figure.word) == (text, severity, word)
        assert judged.fraction == match

    def test_events_of_another_day_have_their_date(self):
        events = (event("resume", ago=86400), event("best", ago=60))
        assert [shown.time for shown in see(events=events).events] == ["13:52", "May 31 13:53"]

    def test_events_have_time_mark_and_severity_the_latest_first(self):
        events = (
            event("checkpoint", "step-1", ago=120),
            event("error", "boom\n[/]", ago=60),
            Event(kind="odd", seconds=NOW),
        )
        shown = see(events=events).events
        assert [(one.time, one.mark, one.text, one.severity) for one in shown] == [
            ("13:53", "·", "odd", "none"),
            ("13:52", "✕", "error boom␊[/]", "bad"),
            ("13:51", "▲", "checkpoint step-1", "none"),
        ]


class TestStatus:
    def test_says_how_old_the_state_is(self):
        assert see(heartbeat_seconds=NOW - 4).status.age.text == "4.0 s"

    @pytest.mark.parametrize("ahead_seconds", [-2.9, 0.0, 4.0])
    def test_does_not_say_so_of_a_fresh_one(self, ahead_seconds):
        """A figure that never stands still would cross the line to an SSH client twice a second, for nothing."""
        assert not see(heartbeat_seconds=NOW + ahead_seconds).status.age.known

    @pytest.mark.parametrize("condition", ["complete", "stopped", "error"])
    def test_the_state_of_a_run_that_has_ended_does_not_grow_old(self, condition):
        assert not see(condition).status.age.known

    def test_a_state_that_turned_bad_is_a_problem(self):
        assert see(problem=UnreadableState("not valid\x1b")).status.problem == "not valid␛"

    def test_a_state_that_is_not_there_yet_is_none(self):
        assert see("waiting", state=None, problem=NoSuchRun("no")).status.problem == ""

    def test_a_state_that_has_gone_is_one(self):
        assert see(problem=NoSuchRun("it is gone")).status.problem == "it is gone"

    def test_lost_records_are_counted(self):
        assert (
            see(lost=Loss(records=1204, reason="disk\nfull")).status.lost
            == "1 204 records could not be written: disk␊full"
        )


class TestTheViewIsPure:
    def test_the_same_facts_give_the_same_dashboard(self):
        assert see() == see()

    def test_facts_are_not_changed(self):
        before = msgspec.json.encode(STATE)
        see()
        assert msgspec.json.encode(STATE) == before

    def test_any_state_that_is_valid_can_be_shown(self):
        extremes: dict[str, Any] = {
            "step": 2**53,
            "total_steps": 0,
            "epoch": 0,
            "total_epochs": 0,
            "elapsed_seconds": 1e11,
            "seconds_per_step": 1e11,
            "started_seconds": 0.0,
            "heartbeat_seconds": 1e11,
            "last_step_seconds": 0.0,
            "rate": Rate(unit="tokens", per_second=1e308),
            "metrics": {
                "train/loss": metric(1e308, first=-1e308),
                "learning_rate": metric(5e-324),
                "gradient_norm": metric(math.ulp(0)),
            },
        }
        assert see(state=State(**{**msgspec.structs.asdict(STATE), **extremes})).header.elapsed.text.endswith(":40")
