"""From facts to figures: what the dashboard says of a run, and that it never says more than is known."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import pytest

from kan_monitor.dashboard import Figure, Piece
from kan_monitor.sources.facts import Facts
from kan_monitor.view.sample import sample_view
from kan_shared.errors import NoSuchRun, UnreadableState
from kan_shared.journal import Event, Sample
from kan_shared.state import Gpu, Loss, Rate, State, Telemetry

from .cases import CASES
from .making import GIB, NOW, event
from .seeing import STATE, figures, metric, see


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
