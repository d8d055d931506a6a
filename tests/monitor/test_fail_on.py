"""`--fail-on`: which conditions there are, and that the headless monitor ends with 4 on the first that is met."""

from __future__ import annotations

import io
import json
import math

import msgspec
import pytest

from kan_monitor.alerts import KINDS, AlertBook
from kan_monitor.alerts.conditions import conditions
from kan_monitor.cli import main
from kan_monitor.headless.stream import FORMATS, Stream
from kan_monitor.sources.experiment import ExperimentSource
from kan_shared.errors import EXIT_ALERT, UsageError
from kan_shared.numbers import to_wire

from .cases import CASES
from .looking import PLACE, UTC_OPTIONS, look_at_run
from .making import NOW
from .source import source_run
from .waiting import nothing, write


def reasons(text: str, facts) -> list[str | None]:
    """Why each condition of the list holds."""
    alerts = AlertBook().look(facts, NOW)
    return [condition.reason(facts.state, alerts) for condition in conditions(text)]


class TestAList:
    def test_has_kinds_and_comparisons(self):
        assert [str(part) for part in conditions("nan, stall,validation/loss>3 ,r2 <= -1e-3,x!=inf")] == [
            "nan",
            "stall",
            "validation/loss>3",
            "r2<=-0.001",
            "x!=inf",
        ]

    @pytest.mark.parametrize("kind", KINDS)
    def test_takes_every_kind(self, kind):
        assert [part.name for part in conditions(kind)] == [kind]

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("nann", "--fail-on: nann is neither a kind of alert (nan, spike, divergence, "),
            ("", "--fail-on: nothing is neither a kind"),
            ("nan,,stall", "--fail-on: nothing is neither a kind"),
            (">3", "--fail-on: >3 is neither a kind"),
            ("loss>", "--fail-on: loss> compares with nothing, which is no number: give one."),
            ("loss>three", "--fail-on: loss>three compares with three, which is no number: give one."),
            ("loss==nan", "--fail-on: loss==nan compares with nan, which is no number: give one."),
            ("loss=3", "--fail-on: loss=3 is neither a kind"),
        ],
    )
    def test_is_refused_in_one_sentence(self, capsys, text, reason):
        with pytest.raises(UsageError):
            conditions(text)
        assert main(["--fail-on", text]) == 2
        out, err = capsys.readouterr()
        assert (out, err.count("\n")) == ("", 1)
        assert err.startswith(f"kan-monitor: {reason}")


class TestAComparison:
    """With the latest value of a metric; that of NaN is IEEE 754's."""

    @pytest.mark.parametrize(
        ("compare", "below", "same", "above", "nan"),
        [
            (">", False, False, True, False),
            (">=", False, True, True, False),
            ("<", True, False, False, False),
            ("<=", True, True, False, False),
            ("==", False, True, False, False),
            ("!=", True, False, True, True),
        ],
    )
    def test_is_what_it_says(self, look_once, compare, below, same, above, nan):
        facts = look_once("running").facts
        for value, holds in ((1.0, below), (3.0, same), (5.0, above), (math.nan, nan), (math.inf, above)):
            metric = msgspec.structs.replace(facts.state.metrics["validation/loss"], value=to_wire(value))
            state = msgspec.structs.replace(facts.state, metrics={"validation/loss": metric})
            (condition,) = conditions(f"validation/loss{compare}3")
            assert (condition.reason(state, ()) is not None) is holds, value

    def test_of_a_metric_that_is_not_there_yet_does_not_hold(self, look_once):
        facts = look_once("running").facts
        assert reasons("unheard/of>0,unheard/of<=0,unheard/of!=0", facts) == [None] * 3

    def test_says_why(self, look_once):
        assert reasons("validation/loss>2.3", look_once("running").facts) == ["validation/loss is 2.310"]


@pytest.mark.usefixtures("home")
class TestOnce:
    def run(self, case: str, fail_on: str, name: str = "text") -> tuple[int, str]:
        CASES[case].run().write(PLACE)
        out = io.StringIO()
        stream = Stream(ExperimentSource(PLACE), FORMATS[name], out, print, fail_on=conditions(fail_on))
        return stream.once(NOW, UTC_OPTIONS), out.getvalue()

    @pytest.mark.parametrize(
        ("case", "fail_on", "code"),
        [
            ("nan-loss", "nan", 4),
            ("diverging", "divergence", 4),
            ("diverging", "gradients", 4),
            ("stalled", "stall", 4),
            ("crashed", "crash", 4),
            ("eight-gpus", "heat", 4),
            ("running", "alert", 4),
            ("running", "validation/loss>3", 0),
            ("running", "nan,spike,validation/loss<3", 4),
            # before 1, 0 and 3, but only where it is met
            ("error", "train/loss<3", 4),
            ("complete", "train/loss<3", 4),
            ("error", "nan", 1),
            ("complete", "nan", 0),
            ("crashed", "stall", 3),
            ("stalled", "nan", 3),
        ],
    )
    def test_ends_with_4_where_a_condition_is_met(self, case, fail_on, code):
        assert self.run(case, fail_on)[0] == code

    def test_says_why_in_its_last_line(self):
        _, lines = self.run("nan-loss", "stall,nan")
        assert lines.splitlines()[-1].strip() == "! --fail-on nan: train/loss is NaN: up to step 1 800"

    def test_says_why_in_json(self):
        _, line = self.run("running", "validation/loss>2", "json")
        assert json.loads(line)["failed_on"] == "--fail-on validation/loss>2: validation/loss is 2.310"


@pytest.mark.usefixtures("home")
class TestFollowing:
    def stream(self, fail_on: str) -> tuple[Stream, io.StringIO]:
        out = io.StringIO()
        return Stream(ExperimentSource(PLACE), FORMATS["text"], out, print, fail_on=conditions(fail_on)), out

    def test_ends_as_soon_as_a_condition_is_met(self, happens):
        write()()
        happens(nothing, lambda: CASES["nan-loss"].run().write(PLACE), nothing)
        stream, out = self.stream("nan")
        assert stream.follow(0.5, UTC_OPTIONS) == EXIT_ALERT
        assert "--fail-on nan" in out.getvalue().splitlines()[-1]
        assert out.getvalue().count("--fail-on") == 1

    def test_goes_before_the_end_of_the_run(self, happens):
        write()()
        happens(write(status="error", revision=2401))
        assert self.stream("train/loss<5")[0].follow(0.5, UTC_OPTIONS) == EXIT_ALERT

    def test_prints_an_alert_once_and_though_the_run_has_not_moved(self, happens):
        run = source_run()
        write()()
        hot = CASES["eight-gpus"].run()
        happens(lambda: run.but(telemetry=hot.state.telemetry).write(PLACE), nothing, write(status="complete"))
        stream, out = self.stream("nan")
        assert stream.follow(0.5, UTC_OPTIONS) == 0
        lines = [line.strip() for line in out.getvalue().splitlines() if "too hot" in line]
        assert len(lines) == 1
        assert lines[0].startswith("13:53 ✕ GPU 5 is too hot: 91 °C, its driver slows it down at 83 °C → ")


@pytest.mark.usefixtures("home")
class TestTheCommand:
    def test_ends_with_4(self, capsys):
        CASES["complete"].run().write(PLACE)
        assert main([str(PLACE), "--once", "--fail-on", "nan,train/loss<100"]) == 4
        assert "! --fail-on train/loss<100: train/loss is 2.060" in capsys.readouterr().out

    def test_prints_lines_where_it_is_asked_to_fail(self, monkeypatch):
        """On a terminal, too: an exit code is for a script."""
        from kan_monitor import cli

        monkeypatch.setattr("sys.stdin", io.StringIO())
        arguments = cli.parser().parse_args(["--fail-on", "nan"])
        assert cli._wants_headless(arguments)


def test_a_hostile_metric_is_shown_harmless(home):
    run = CASES["hostile"].run()
    look = look_at_run(run, home)
    name = next(name for name in run.state.metrics if "\x1b" in name)
    (reason,) = reasons(f"{name}>0", look.facts)
    assert reason is not None
    out = io.StringIO()
    stream = Stream(ExperimentSource(home / PLACE), FORMATS["text"], out, print, fail_on=conditions(f"{name}>0"))
    assert stream.once(NOW, UTC_OPTIONS) == EXIT_ALERT
    assert "\x1b" not in out.getvalue()
    assert "--fail-on [red]metric[/] ␛" in out.getvalue()
