"""What is wrong with a run is found within a few looks, with the right words; a healthy run is left alone."""

from __future__ import annotations

import itertools
import math
import random
import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kan_monitor.alerts import Alert, AlertBook
from kan_monitor.alerts.book import LINGER_SECONDS
from kan_monitor.alerts.hardware import seconds_to_full, slowed_down
from kan_monitor.alerts.loss import spikes
from kan_monitor.sources.facts import Facts
from kan_shared.journal import Event
from kan_shared.series import Record
from kan_shared.state import Gpu, Host, Telemetry

from .cases import GIB, GONE, NOW, event, kan_run, source_run, write_journal
from .looking import PLACE, look_at_run
from .scripted import Curve, Scripted, healthy_loss, steps_with_validation


@pytest.fixture
def scripted(tmp_path: Path) -> Callable[..., Scripted]:
    """Begins a scripted run."""
    number = itertools.count()
    return lambda **how: Scripted(tmp_path / str(next(number)), **how)


def from_step(step: int, then: Curve, before: Curve | None = None) -> Curve:
    """A curve that becomes another one from that step on."""
    before = before or healthy_loss(0.2)
    return lambda at, dice: then(at, dice) if at >= step else before(at, dice)  # type: ignore[misc]


def at_step(step: int, value: float, curve: Curve | None = None) -> Curve:
    """A curve that is something else at one step."""
    curve = curve or healthy_loss(0.2)
    return lambda at, dice: value if at == step else curve(at, dice)  # type: ignore[misc]


def said(alert: Alert) -> str:
    return f"{alert.finding.verdict}: {alert.finding.evidence}"


class TestAHealthyRun:
    #: What may be said of it: a loss that has converged has stopped falling.
    CALM = frozenset({"plateau"})

    @pytest.mark.parametrize("part", range(4))
    def test_raises_no_alert_however_noisy_it_is(self, scripted, part):
        """200 runs, looked at as they go and by a monitor that comes later."""
        for seed in range(part * 50, part * 50 + 50):
            dice = random.Random(seed)
            run = scripted(
                seed=seed,
                loss=healthy_loss(dice.choice([0.02, 0.2, 0.5, 0.8]), dice.choice([50.0, 400.0, 2000.0])),
                seconds=steps_with_validation(
                    dice.choice([0.05, 0.3, 2]), dice.choice([20, 100, 333]), dice.choice([1, 30])
                ),
                other={"gradient_norm": lambda _, dice: 1.5 * math.exp(dice.gauss(0, 0.5))},
            )
            looks = []
            for _ in range(3):
                run.play(300)
                looks.append(run.look())
            found = {alert.finding.kind for look in (*looks, run.look_anew()) for alert in look.values()}
            assert found <= self.CALM, f"seed {seed}: {found - self.CALM}"

    def test_may_have_a_loss_below_zero(self, scripted):
        run = scripted(loss=lambda step, dice: -step / 500 + dice.gauss(0, 0.3))
        for _ in range(6):
            run.play(200)
            assert not run.look()

    def test_is_not_said_to_explode_for_a_norm_that_is_high(self, scripted):
        run = scripted(other={"gradient_norm": lambda _, dice: 50 * math.exp(dice.gauss(0, 0.2))})
        run.play(300)
        assert "gradients explode" not in run.look()


class TestASpike:
    def test_is_found_where_it_was_with_how_high_it_was(self, scripted):
        run = scripted(loss=at_step(701, 9.0))
        run.play(690)
        assert "spike train/loss" not in run.look()
        run.play(11)  # a second, in which nothing is looked up twice
        alert = run.look()["spike train/loss"]
        assert (alert.over, alert.first_step, alert.finding.severity) == (False, 701, "warn")
        assert said(alert).startswith("train/loss spikes: 9.000 at step 701, ")
        assert alert.finding.evidence.endswith("× its median")

    def test_lingers_when_it_is_over(self, scripted):
        run = scripted(loss=from_step(704, healthy_loss(0.2), from_step(701, lambda *_: 9.0)))
        run.play(704)
        alert = run.look()["spike train/loss"]
        assert alert.over
        assert said(alert).startswith("train/loss spiked: 9.000 at step 701")
        assert said(alert).endswith("back after 3 steps")
        run.play(1000)
        assert run.look()["spike train/loss"].count == 1
        run.play(1)
        assert "spike train/loss" in run.look()
        run.now += LINGER_SECONDS
        assert "spike train/loss" not in run.look()

    def test_is_counted_when_it_happens_again(self, scripted):
        run = scripted(loss=at_step(740, 8.0, at_step(701, 9.0)))
        run.play(720)
        assert run.look()["spike train/loss"].count == 1
        run.play(40)
        for _ in range(3):
            alert = run.look()["spike train/loss"]
            assert (alert.count, alert.first_step, alert.last_step) == (2, 701, 740)

    def test_is_found_by_one_look_that_comes_later(self, scripted):
        run = scripted(loss=at_step(701, 9.0))
        run.play(1000)
        assert "9.000 at step 701" in run.look_anew()["spike train/loss"].finding.evidence

    def test_is_found_though_thousands_of_steps_came_since_the_last_look(self, scripted):
        run = scripted(loss=at_step(701, 9.0), seconds=steps_with_validation(0.001, pause=0.01))
        run.play(600)
        run.look()
        run.play(3500)
        assert "spike train/loss" in run.look()

    def test_is_found_in_a_loss_below_zero(self, scripted):
        run = scripted(loss=at_step(500, 4.0, lambda _, dice: -5 + dice.gauss(0, 0.3)))
        run.play(510)
        assert "4.000 at step 500, its median being −5" in run.look()["spike train/loss"].finding.evidence

    @pytest.mark.parametrize("least", [0.0, 1e-9])
    def test_is_no_ordinary_value_of_a_loss_that_is_often_nearly_nothing(self, scripted, least):
        """As that of a batch that is all right already."""
        run = scripted(loss=lambda _, dice: least if dice.random() < 0.3 else math.exp(dice.gauss(-6, 0.8)))
        for _ in range(5):
            run.play(300)
            assert "spike train/loss" not in run.look()

    def test_in_the_steps_after_a_resume_is_another_one(self, scripted):
        run = scripted(loss=at_step(701, 9.0))
        run.play(720)
        assert run.look()["spike train/loss"].count == 1
        run.step, run.segment = 600, 1
        run.play(110)
        assert run.look()["spike train/loss"].count == 2

    @settings(max_examples=100, deadline=None)
    @given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=200))
    def test_is_looked_for_in_any_values(self, values):
        records = [Record(step, NOW + step, value, 0) for step, value in enumerate(values)]
        for finding in spikes(records, "loss"):
            assert finding.step is not None


class TestARunWithoutALoss:
    """What stands in its place may be one, or the contrary."""

    @pytest.mark.parametrize(
        ("name", "goal", "judged"),
        [("my_loss", None, True), ("r2", None, False), ("mse", "minimize", True), ("loss/reward", "maximize", False)],
    )
    def test_is_judged_by_what_is_to_fall_only(self, scripted, name, goal, judged):
        run = scripted(state={"goals": {name: goal} if goal else {}})
        run.play(600)
        records = [*run.records.pop("train/loss")]
        run.append(name, [record._replace(value=9.0 if record.step == 590 else record.value) for record in records])
        run.write()
        assert (f"spike {name}" in run.look()) is judged


class TestNotFinite:
    def test_is_an_alert_as_long_as_it_is_looked_at(self, scripted):
        run = scripted(loss=at_step(701, math.nan))
        run.play(701)
        alert = run.look()["nan train/loss"]
        assert (said(alert), alert.finding.severity) == ("train/loss is NaN: at step 701", "bad")
        run.play(99)
        alert = run.look()["nan train/loss"]
        assert (alert.over, alert.first_step) == (True, 701)
        assert said(alert) == "train/loss was NaN: at step 701, finite again since step 702"
        run.play(1000)
        assert run.look(later=10 * LINGER_SECONDS)["nan train/loss"].over

    def test_knows_since_when(self, scripted):
        run = scripted(loss=from_step(701, lambda *_: math.nan))
        for _ in range(4):
            run.play(701)
            alerts = run.look()
        assert (alerts["nan train/loss"].first_step, alerts["nan train/loss"].last_step) == (701, 2804)

    @pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
    @pytest.mark.parametrize("name", ["validation/loss", "gradient_norm", "some/metric"])
    def test_is_found_in_any_metric_even_at_one_step_between_two_looks(self, scripted, name, value):
        run = scripted(other={name: at_step(250, value, lambda *_: 1.0)})
        run.play(200)
        assert not run.look()
        run.play(100)
        assert f"nan {name}" in run.look()
        assert run.look_anew()[f"nan {name}"].first_step == 250


class TestDivergence:
    def test_is_a_level_far_above_the_best(self, scripted):
        run = scripted(
            loss=from_step(800, lambda step, dice: 1.2 * 1.01 ** (step - 800) * math.exp(dice.gauss(0, 0.2)))
        )
        run.play(800)
        looks = 0
        while "divergence train/loss" not in run.look():
            run.play(25)
            looks += 1
            assert looks < 12
        alert = run.look()["divergence train/loss"]
        assert alert.finding.severity == "bad"
        assert "× its best level of" in alert.finding.evidence
        assert "divergence train/loss" in run.look_anew()

    def test_is_over_when_the_loss_comes_back(self, scripted):
        run = scripted(
            loss=from_step(1200, healthy_loss(0.2), from_step(800, lambda _, dice: 6 * math.exp(dice.gauss(0, 0.2))))
        )
        run.play(1100)
        assert not run.look()["divergence train/loss"].over
        run.play(800)
        run.look()
        run.now += 31
        assert run.look()["divergence train/loss"].over

    def test_is_no_loss_that_only_jumped_once(self, scripted):
        run = scripted(loss=at_step(790, 50.0))
        run.play(800)
        assert "divergence train/loss" not in run.look()


class TestAPlateau:
    def test_is_a_third_of_the_run_without_progress(self, scripted):
        run = scripted(loss=healthy_loss(0.1, decay=60.0))
        run.play(200)
        assert "plateau train/loss" not in run.look()
        run.play(1000)
        alert = run.look()["plateau train/loss"]
        assert alert.finding.severity == "info"
        assert re.fullmatch(r"0\.(19|20)\d+ over the last 3\d\d steps", alert.finding.evidence)

    def test_is_nothing_to_say_of_a_run_that_is_complete(self, scripted):
        run = scripted(loss=healthy_loss(0.1, decay=60.0), state={"status": "complete"})
        run.play(1200)
        assert not run.look()


class TestGradients:
    NORM = staticmethod(lambda _, dice: 2 * math.exp(dice.gauss(0, 0.3)))

    def test_explode_at_one_step(self, scripted):
        run = scripted(other={"gradient_norm": at_step(240, 214.0, self.NORM)})
        run.play(240)
        alert = run.look()["gradients explode"]
        assert alert.finding.verdict == "gradients are exploding"
        assert alert.finding.evidence.startswith("norm 214 at step 240, ")
        assert alert.finding.action == "lower the learning rate or clip gradients"
        run.play(60)
        alert = run.look()["gradients explode"]
        assert (alert.over, alert.finding.verdict) == (True, "gradients exploded")

    def test_explode_for_good(self, scripted):
        run = scripted(other={"gradient_norm": lambda step, dice: self.NORM(step, dice) * 1.02**step})
        run.play(400)
        alert = run.look()["gradients explode"]
        assert (alert.over, alert.finding.verdict) == (False, "gradients are exploding")

    def test_vanish(self, scripted):
        run = scripted(other={"gradient_norm": lambda *_: 2e-5})
        run.play(100)
        assert run.look()["gradients vanish"].finding.evidence == "norm 2.0e-5, the median of the last 32 records"


def with_memory(run: Scripted, name: str, grows: float, *, seconds: int = 300, used: float = 20 * GIB) -> None:
    """Gives the run a memory series of a record a second, up to `used`, and puts that into its state."""
    sizes = [used - grows * (seconds - 1 - at) for at in range(seconds)]
    run.append(name, [Record(at, run.now - seconds + 1 + at, size, 0) for at, size in enumerate(sizes)])


class TestMemory:
    def machine(self, run: Scripted, used: float, host_used: float = 8 * GIB) -> Telemetry:
        gpu = Gpu(index=0, memory_used_bytes=int(used), memory_total_bytes=24 * GIB)
        host = Host(memory_used_bytes=int(host_used), memory_total_bytes=64 * GIB)
        return Telemetry(seconds=run.now, gpus=(gpu,), host=host)

    def test_that_grows_is_said_to_run_out_with_the_time_left(self, scripted):
        run = scripted()
        run.play(100)
        with_memory(run, "system/gpu0/memory_bytes", grows=4 * GIB / 720)
        run.write(telemetry=self.machine(run, 20 * GIB))
        alert = run.look()["oom 0"]
        assert said(alert) == "memory of GPU 0 runs out: 20.0 of 24.0 GB in use, full in about 12 min"
        assert alert.finding.severity == "warn"

    def test_of_the_host_too(self, scripted):
        run = scripted()
        run.play(100)
        with_memory(run, "system/host/memory_bytes", grows=GIB / 10, used=60 * GIB)
        run.write(telemetry=self.machine(run, 10 * GIB, 60 * GIB))
        assert said(run.look()["oom host"]) == "memory of the host runs out: 60.0 of 64.0 GB in use, full in about 40 s"

    @pytest.mark.parametrize(
        "of", [lambda at: min(at, 40) * GIB / 2, lambda at: (at % 7) * GIB / 4, lambda _: 20 * GIB]
    )
    def test_that_was_taken_at_the_start_or_comes_and_goes_does_not_run_out(self, of):
        records = [Record(at, NOW + 5 * at, float(of(at)), 0) for at in range(60)]
        assert seconds_to_full(records, 20 * GIB, 24 * GIB) is None

    def test_that_lasts_until_the_end_of_the_run_is_enough(self, scripted):
        run = scripted(state={"total_steps": 150})
        run.play(100)
        with_memory(run, "system/gpu0/memory_bytes", grows=4 * GIB / 720)
        run.write(telemetry=self.machine(run, 20 * GIB))
        assert "oom 0" not in run.look()

    def test_that_is_nearly_full_is_said_to_be_though_it_does_not_grow(self, scripted):
        run = scripted()
        run.play(100)
        run.write(telemetry=self.machine(run, 23.8 * GIB))
        assert said(run.look()["oom 0"]) == "memory of GPU 0 is nearly full: 23.8 of 24.0 GB in use"

    @settings(max_examples=100)
    @given(st.lists(st.tuples(st.floats(0, 1e11), st.floats(allow_nan=False, allow_infinity=False)), max_size=60))
    def test_may_be_any_series(self, values):
        found = seconds_to_full([Record(0, seconds, value, 0) for seconds, value in values], 1, 2)
        assert found is None or found >= 0


class TestHeat:
    def telemetry(self, **gpu: object) -> Telemetry:
        return Telemetry(seconds=NOW, gpus=(Gpu(index=3, **gpu),))  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("degrees", "limit", "hot"),
        [(82, 83, True), (80, 83, False), (85, 95, False), (85, None, True), (79, None, False), (None, 83, False)],
    )
    def test_is_near_the_drivers_limit_or_in_the_tables_worst_band(self, scripted, degrees, limit, hot):
        run = scripted()
        run.play(10)
        run.write(telemetry=self.telemetry(temperature_celsius=degrees, throttle_celsius=limit))
        assert ("heat 3" in run.look()) is hot

    def test_slows_a_gpu_down(self):
        (found,) = slowed_down(3, ["power cap", "thermal slowdown (hardware)"])
        assert (found.verdict, found.evidence) == ("GPU 3 is slowed down", "thermal slowdown (hardware)")
        assert not list(slowed_down(3, ["power cap", "sync boost"]))


class TestThroughput:
    @pytest.mark.parametrize("pace", [0.02, 0.1, 1.0])
    def test_that_has_dropped_is_found(self, scripted, pace):
        run = scripted(
            seconds=from_step(800, steps_with_validation(pace * 2.5), steps_with_validation(pace, pause=10 * pace))
        )
        run.play(799)
        assert "throughput" not in run.look()
        played = 0
        while "throughput" not in run.look():
            run.play(int(max(20, 5 / pace)))
            played += 1
            assert played < 4
        evidence = run.look()["throughput"].finding.evidence
        assert re.search(r"steps/s, (3[6-9]|4[0-4]) % of the ", evidence), evidence
        assert "throughput" in run.look_anew()


class TestSilence:
    @pytest.mark.parametrize(
        ("changes", "later", "kind", "words"),
        [
            ({}, 50.0, "stall", "the run stalls: no sign of life for 50 s; the last step was 50"),
            (
                {"heartbeat_seconds": NOW + 900},
                900.0,
                "stall",
                "the run stalls: no step for 15 min; the last step was 50",
            ),
            ({"producer": GONE}, 2.0, "crash", "the run crashed: process 4242 is gone, its last word was 2.0 s ago;"),
            ({"heartbeat_seconds": NOW + 50}, 50.0, "slow", "steps are late: no step for 50 s; the last step was 50"),
        ],
    )
    def test_is_said_with_what_is_missing(self, scripted, changes, later, kind, words):
        run = scripted(seconds=lambda *_: 0.0, state={"longest_gap_seconds": 1.0})
        run.play(50)
        run.write(**changes)
        alert = run.look(later)[kind]
        assert said(alert).startswith(words)

    def test_is_over_at_the_next_sign_of_life(self, scripted):
        run = scripted()
        run.play(50)
        assert not run.look(later=60)["stall"].over
        run.play(1)
        assert run.look()["stall"].over


class TestWhatTheRunSays:
    def test_is_an_alert_that_is_over(self, scripted):
        run = scripted()
        run.play(10)
        detail = "loss is NaN since step 1651: gradient norm ∞ → lower the learning rate"
        write_journal(run.experiment.events, [Event(kind="alert", seconds=run.now - 5, step=9, detail=detail)])
        (alert,) = run.look().values()
        found = alert.finding
        assert (found.verdict, found.evidence, found.action) == (
            "loss is NaN since step 1651",
            "gradient norm ∞",
            "lower the learning rate",
        )
        assert (found.kind, alert.over, alert.first_step) == ("alert", True, 9)

    def test_is_one_alert_if_only_its_figures_differ(self, scripted):
        run = scripted()
        run.play(10)
        events = [Event(kind="alert", seconds=run.now - 50 + n, step=n, detail=f"norm is {n}") for n in range(30)]
        write_journal(run.experiment.events, events)
        (alert,) = run.look().values()
        assert (alert.count, alert.finding.verdict) == (20, "norm is 29")


class TestTheBook:
    def test_begins_anew_with_another_run(self, scripted):
        run = scripted(loss=at_step(300, math.nan))
        run.play(310)
        assert run.look()
        facts = run.source.poll(run.now)
        assert facts.state is not None
        another = Facts(place="x", condition="running", state=msgspec.structs.replace(facts.state, run_id="another"))
        assert run.book.look(another, run.now) == ()

    def test_keeps_what_it_knows_while_there_is_no_state(self, scripted):
        run = scripted(loss=at_step(300, math.nan))
        run.play(310)
        known = run.look()
        assert {alert.key for alert in run.book.look(Facts(place="x"), run.now)} == set(known)

    def test_has_the_gravest_first_and_what_is_over_last(self, scripted):
        run = scripted(loss=at_step(450, 9.0, at_step(300, math.nan)), other={"gradient_norm": lambda *_: 500.0})
        run.play(500)
        assert [(alert.finding.kind, alert.over) for alert in run.look().values()] == [
            ("gradients", False),
            ("nan", True),
            ("spike", True),
        ]

    def test_remembers_no_more_than_can_be_read(self, scripted):
        run = scripted(other={f"metric/{n}": lambda *_: math.nan for n in range(100)})
        run.play(2)
        assert len(run.look()) == 64

    def test_finds_the_same_at_the_same_look(self, home):
        facts = look_at_run(kan_run(), home).facts
        book = AlertBook()
        assert book.look(facts, NOW) == book.look(facts, NOW)


def test_a_run_that_says_much_is_no_flood(home):
    alerts = [event("alert", f"{'x' * n} is wrong", ago=5, step=n) for n in range(150)]
    look = look_at_run(source_run().having(*alerts), home)
    assert len(look.dashboard.alerts) <= 64
    assert PLACE.name in look.facts.place
