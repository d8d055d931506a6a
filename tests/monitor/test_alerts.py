"""What is wrong with a run is found within a few looks, with the right words; a healthy run is left alone."""

from __future__ import annotations

import math
import random

import msgspec
import pytest

from kan_monitor.alerts import AlertBook
from kan_monitor.sources.facts import Facts
from kan_shared.journal import Event

from .cases import kan_run
from .looking import PLACE, look_at_run
from .making import GONE, NOW, event, write_journal
from .scripted import at_step, healthy_loss, said, steps_with_validation
from .source import source_run


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
