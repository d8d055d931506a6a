"""Alerts of what is learned: spikes, what is no number, divergence, plateaus, gradients."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kan_monitor.alerts.book import LINGER_SECONDS
from kan_monitor.alerts.loss import spikes
from kan_shared.series import Record

from .making import NOW
from .scripted import at_step, from_step, healthy_loss, said, steps_with_validation


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
