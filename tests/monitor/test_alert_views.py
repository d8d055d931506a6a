"""How alerts are shown: on the screen, on the chart, in both headless formats, whatever the run calls its series."""

from __future__ import annotations

import json
import math
import re

import msgspec
import pytest

from kan_monitor.alerts import Alert, AlertBook, Finding
from kan_monitor.dashboard import AlertView, Dashboard
from kan_monitor.headless.json_format import json_line
from kan_monitor.headless.text_format import text_lines
from kan_monitor.ink import plain_text
from kan_monitor.panels import events, header
from kan_monitor.panels.lines import width_of
from kan_monitor.text import clocks_after, iso_time
from kan_monitor.view import build
from kan_monitor.view.alerts import alarm, alert_views

from .cases import CASES, HOSTILE
from .looking import UTC_OPTIONS, look_at_run
from .making import NOW


def alert(key: str = "heat 0", **changes: object) -> Alert:
    finding = Finding(
        key=key,
        kind="heat",
        severity="bad",
        verdict="GPU 0 is too hot",
        evidence="91 °C, its driver slows it down at 83 °C",
        action="look at its fans and its air, or lower its power limit",
    )
    known = {name: changes.pop(name) for name in list(changes) if name in Alert.__struct_fields__}
    shown = Alert(
        finding=msgspec.structs.replace(finding, **changes),
        over=False,
        first_step=10,
        first_seconds=NOW - 300,
        last_step=20,
        last_seconds=NOW,
        found_seconds=NOW,
    )
    return msgspec.structs.replace(shown, **known)


@pytest.fixture
def dashboard(look_once):
    """The dashboard of the source's run with these alerts."""

    def make(*alerts: Alert) -> Dashboard:
        return build(look_once("running").facts, UTC_OPTIONS, now=NOW, alerts=alerts)

    return make


def view(**changes: object) -> AlertView:
    (shown,) = alert_views([alert(**changes)], 0)
    return shown


class TestTheView:
    def test_says_since_when_and_how_often(self):
        shown = view(count=3)
        assert shown.time == "13:48–13:53"
        assert shown.verdict == "GPU 0 is too hot (3 times)"
        assert shown.evidence == "91 °C, its driver slows it down at 83 °C, since step 10"

    @pytest.mark.parametrize(("severity", "mark"), [("bad", "✕"), ("warn", "!"), ("info", "i")])
    def test_has_a_mark_for_each_severity_and_one_for_what_is_over(self, severity, mark):
        assert view(severity=severity).mark == mark
        assert view(severity=severity, over=True).mark == "✓"

    def test_counts_those_that_go_on_and_need_a_look(self):
        alerts = [alert("a"), alert("b", severity="warn"), alert("c", severity="info"), alert("d", over=True)]
        assert (alarm(alerts).text, alarm(alerts).severity) == ("2 alerts", "bad")
        assert (alarm(alerts[1:3]).text, alarm(alerts[1:3]).severity) == ("1 alert", "warn")
        assert not alarm(alerts[2:]).known

    def test_is_printable_whatever_the_run_says(self, dashboard):
        hostile = alert(HOSTILE, verdict=HOSTILE * 9, evidence=HOSTILE * 9, action=f"{HOSTILE}\n\n")
        shown = dashboard(hostile)
        texts = [getattr(shown.alerts[0], name) for name in ("key", "verdict", "evidence", "action", "time")]
        assert all(text.isprintable() and len(text) <= 420 for text in texts)
        for width in (20, 47, 120):
            lines = events.draw(shown, width, 12)
            assert {width_of(line) for line in lines} == {width}

    def test_has_the_name_of_a_metric_made_safe(self, home):
        run = CASES["hostile"].run()
        metric = msgspec.structs.replace(run.state.metrics["train/loss"], value="NaN", count=1)
        name = "\x1b]52;c;x\x07[red]"
        run = run.but(metrics={"train/loss": metric, name: metric}, status="running")
        run.series[name] = [record._replace(value=math.nan) for record in run.series["train/loss"][-1:]]  # type: ignore[index]
        look = look_at_run(run, home)
        assert any(shown.verdict == "␛]52;c;x␇[red] is NaN" for shown in look.dashboard.alerts)
        assert "\x1b" not in look.text()


class TestTheEventsPanel:
    def text(self, shown: Dashboard, width: int = 47, height: int = 12) -> list[str]:
        return [line.strip("│╭╰─╮╯ ") for line in plain_text(events.draw(shown, width, height)).splitlines()[1:-1]]

    def test_has_verdict_evidence_and_next_action_on_top(self, dashboard):
        assert self.text(dashboard(alert()))[:6] == [
            "13:48 ✕ GPU 0 is too hot",
            "91 °C, its driver slows it down at",
            "83 °C, since step 10",
            "→ look at its fans and its air, or",
            "lower its power limit",
            "13:53 ▲ best step-2100, validation 2.271",
        ]

    def test_says_of_one_that_is_over_a_line(self, dashboard):
        assert self.text(dashboard(alert(over=True)))[:2] == [
            "13:48 ✓ GPU 0 is too hot: 91 °C, its drive…",
            "13:53 ▲ best step-2100, validation 2.271",
        ]

    def test_leaves_room_for_what_happened(self, dashboard):
        many = dashboard(*(alert(str(number), verdict=f"alert {number}") for number in range(20)))
        for height in (6, 12, 30):
            assert any("best step-2100" in line for line in self.text(many, height=height))

    def test_says_what_the_run_itself_raised_once(self, look_once):
        assert plain_text(events.draw(look_once("running").dashboard, 120, 30)).count("loss spike") == 1


class TestTheHeader:
    def test_counts_the_alerts_beside_the_badge(self, dashboard):
        shown = plain_text(header.draw(dashboard(alert("a"), alert("b")).header, 120, 1))
        assert "● running  ! 2 alerts  00:04:12" in shown
        assert "● running  ! 2  00:04:12" in plain_text(header.draw(dashboard(alert("a"), alert("b")).header, 60, 1))

    def test_says_nothing_where_all_is_well(self, dashboard):
        assert "! " not in plain_text(header.draw(dashboard().header, 120, 1))


def test_an_alert_is_a_mark_on_the_chart(home):
    look = look_at_run(CASES["nan-loss"].run(), home)
    calm = look._replace(dashboard=msgspec.structs.replace(look.dashboard, alerts=()))
    with_mark, without = (next(line for line in shown.text().splitlines() if "└┴" in line) for shown in (look, calm))
    assert {(a, b) for a, b in zip(with_mark, without, strict=True) if a != b} == {("✕", "!"), ("!", "─")}


class TestTheFormats:
    def test_text_says_when_one_begins_and_when_it_is_over(self, dashboard):
        calm, hot = dashboard(), dashboard(alert())
        over = dashboard(alert(over=True))
        said = [
            text_lines(shown, before)
            for shown, before in ((calm, None), (hot, calm), (hot, hot), (over, hot), (over, over))
        ]
        assert ["too hot" in lines for lines in said] == [False, True, False, True, False]
        assert said[1].splitlines()[-1].strip() == (
            "13:48–13:53 ✕ GPU 0 is too hot: 91 °C, its driver slows it down at 83 °C, since step 10"
            " → look at its fans and its air, or lower its power limit"
        )
        assert said[3].splitlines()[-1].strip() == (
            "13:48–13:53 ✓ over: GPU 0 is too hot: 91 °C, its driver slows it down at 83 °C"
        )

    def test_json_has_every_field(self, dashboard):
        (fields,) = json.loads(json_line(dashboard(alert(count=2))))["alerts"]
        assert fields == {
            "key": "heat 0",
            "kind": "heat",
            "severity": "bad",
            "verdict": "GPU 0 is too hot (2 times)",
            "evidence": "91 °C, its driver slows it down at 83 °C, since step 10",
            "action": "look at its fans and its air, or lower its power limit",
            "over": False,
            "count": 2,
            "first_step": 10,
            "first_seen_ms": (NOW - 300) * 1000,
            "last_step": 20,
            "last_seen_ms": NOW * 1000,
        }

    def test_json_has_the_end_as_a_range_and_as_a_time(self, look_once):
        fields = json.loads(json_line(look_once("running").dashboard))
        assert fields["eta_low_seconds"] < fields["eta_seconds"] <= fields["eta_high_seconds"]
        assert fields["finish"] == "2025-06-01T14:02:05Z"
        fields = json.loads(json_line(look_once("complete").dashboard))
        assert [fields[name] for name in ("eta_low_seconds", "eta_high_seconds", "finish")] == [None] * 3

    def test_every_format_has_every_alert(self, case, look_once):
        shown = look_once(case).dashboard
        lines, fields = text_lines(shown), json.loads(json_line(shown))
        for one in shown.alerts:
            assert one.verdict in lines
            assert one.key in {told["key"] for told in fields["alerts"]}


class TestTheFinish:
    @pytest.mark.parametrize(
        ("low", "high", "text"),
        [
            (600, 629, "14:10"),
            (600, 1500, "14:10–14:25"),
            (9 * 3600, 11 * 3600, "23:00–01:00 +1 d"),
            (11 * 3600, 12 * 3600, "01:00–02:00 +1 d"),
            (11 * 3600, 36 * 3600, "01:00 +1 d–02:00 +2 d"),
        ],
    )
    def test_is_a_range_where_the_minutes_differ(self, low, high, text):
        two_o_clock = 14 * 3600.0
        assert clocks_after(two_o_clock, low, high, 0) == text

    def test_has_an_iso_time_where_a_calendar_has_one(self):
        assert iso_time(0.0) == "1970-01-01T00:00:00Z"
        for strange in (1e30, math.inf, math.nan, -1e30):
            assert iso_time(strange) == ""


def test_a_look_without_a_book_tells_what_it_sees(look_once):
    seen = look_once("diverging")
    kept = build(seen.facts, UTC_OPTIONS, now=NOW, alerts=AlertBook().look(seen.facts, NOW))
    assert kept.alerts == seen.dashboard.alerts
    assert re.search("diverges", kept.alerts[0].verdict)
