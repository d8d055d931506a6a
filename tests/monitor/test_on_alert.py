"""What hears of an alert beside the screen: a command of the user's, the terminal's bell, the desktop."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from kan_monitor.alerts.command import AlertCommand
from kan_monitor.alerts.notifier import Notifier
from kan_monitor.cli import main
from kan_monitor.dashboard import AlertView, Dashboard

from .cases import CASES, HOSTILE
from .looking import PLACE


def alert(key: str = "spike train/loss", **changes: object) -> AlertView:
    shown = AlertView(
        key=key,
        kind="spike",
        mark="!",
        severity="warn",
        verdict="train/loss spikes",
        evidence="9.000 at step 701, 6.1× its median",
        action="look at the batch",
        time="13:53",
        over=False,
        count=1,
        first_step=701,
        first_seconds=100.0,
        last_step=701,
        last_seconds=100.0,
    )
    return msgspec.structs.replace(shown, **changes)


@pytest.fixture
def dashboard(look_once) -> Callable[..., Dashboard]:
    """The dashboard of a run that has these alerts."""

    def make(*alerts: AlertView, case: str = "running", name: str = "mine") -> Dashboard:
        shown = look_once(case).dashboard
        header = msgspec.structs.replace(shown.header, name=name)
        return msgspec.structs.replace(shown, header=header, alerts=alerts)

    return make


def lines_of(path: Path, count: int) -> list[str]:
    """The lines of a file that others write, when there are so many."""
    end = time.monotonic() + 20
    while not path.exists() or path.read_text().count("\n") < count:
        assert time.monotonic() < end
        time.sleep(0.01)
    return path.read_text().splitlines()


@pytest.mark.usefixtures("home")
class TestACommand:
    def test_has_the_alert_in_its_environment_and_on_its_standard_input(self, dashboard):
        told = 'cat >> json; printf "%s|" "$KAN_ALERT_KEY" "$KAN_ALERT_VERDICT" "$KAN_ALERT_EVIDENCE"'
        command = AlertCommand(
            told + ' "$KAN_ALERT_ACTION" "$KAN_ALERT_RUN" "$KAN_ALERT_SEVERITY" > out; echo >> out', print
        )
        command.tell(dashboard(alert()))
        assert lines_of(Path("out"), 1) == [
            "spike train/loss|train/loss spikes|9.000 at step 701, 6.1× its median|look at the batch|mine|warn|"
        ]
        command.close()
        fields = json.loads(Path("json").read_text())
        assert (fields["kind"], fields["first_step"], fields["over"], fields["run"]) == ("spike", 701, False, "mine")

    def test_runs_once_for_each_alert_and_again_when_it_begins_anew(self, dashboard):
        command = AlertCommand('echo "$KAN_ALERT_KEY" >> out', print)
        command.tell(dashboard(alert("a")))
        command.tell(dashboard(alert("a", last_step=800, over=True)))
        lines_of(Path("out"), 1)
        command.tell(dashboard(alert("a"), alert("b")))
        lines_of(Path("out"), 2)
        command.tell(dashboard(alert("a", count=2), alert("b")))
        assert lines_of(Path("out"), 3) == ["a", "b", "a"]
        command.close()

    def test_never_runs_what_a_run_says(self, dashboard):
        hostile = "$(touch pwned)`touch pwned`'; touch pwned; '\" && touch pwned \x00\n" + HOSTILE
        command = AlertCommand('printf "%s\\n" "$KAN_ALERT_VERDICT" "$KAN_ALERT_RUN" > out', print)
        safe = hostile.replace("\x00", "␀").replace("\ud83d", "?").replace("\n", "␊")
        command.tell(dashboard(alert(verdict=safe), name=safe))
        assert lines_of(Path("out"), 2) == [safe, safe]
        assert not Path("pwned").exists()
        command.close()

    def test_that_fails_is_said_once(self, dashboard):
        complaints: list[str] = []
        command = AlertCommand("exit 7", complaints.append)
        command.tell(dashboard(alert("a"), alert("b")))
        command.close()
        assert complaints == ["the command of --on-alert fails (it ended with 7): exit 7"]

    def test_that_hangs_holds_up_nothing_and_does_not_pile_up(self, dashboard):
        complaints: list[str] = []
        command = AlertCommand("echo >> out; read forever < fifo", complaints.append)
        fifo = Path("fifo")
        os.mkfifo(fifo)
        command.tell(dashboard(*(alert(str(number)) for number in range(20))))
        assert complaints == [
            "the command of --on-alert fails (16 of them are running already): echo >> out; read forever < fifo"
        ]
        lines_of(Path("out"), 16)
        with fifo.open("w") as all_of_them:
            all_of_them.write("\n" * 16)
        for process in command._running:
            process.wait()

    def test_that_does_not_read_its_input_is_no_trouble(self, dashboard):
        complaints: list[str] = []
        command = AlertCommand("exec < /dev/null; true", complaints.append)
        command.tell(dashboard(alert(evidence="x" * 300)))
        command.close()
        assert complaints == []

    def test_is_run_by_the_headless_monitor(self, capsys):
        CASES["complete"].run().write(PLACE)
        CASES["nan-loss"].run().but(status="complete").write(PLACE)
        assert main([str(PLACE), "--once", "--on-alert", 'echo "$KAN_ALERT_RUN: $KAN_ALERT_VERDICT" >> out']) == 0
        assert "sinusoid: train/loss is NaN" in lines_of(Path("out"), 2)
        assert capsys.readouterr().err == ""


class TestNotifications:
    @pytest.fixture
    def written(self) -> list[str]:
        return []

    def notifier(self, written: list[str], *, bell: bool = True, notify: bool = True) -> Notifier:
        return Notifier(written.append, bell=bell, notify=notify)

    def test_ring_and_notify_of_what_is_new(self, dashboard, written):
        notifier = self.notifier(written)
        notifier.tell(dashboard())
        notifier.tell(dashboard(alert()))
        notifier.tell(dashboard(alert(last_step=720, over=True)))
        assert written == ["\a\x1b]9;mine: train/loss spikes: 9.000 at step 701, 6.1× its median\x1b\\"]

    def test_ring_once_for_all_that_is_new(self, dashboard, written):
        notifier = self.notifier(written)
        notifier.tell(dashboard())
        notifier.tell(dashboard(alert("a"), alert("b")))
        assert (written[0].count("\a"), written[0].count("\x1b]9;")) == (1, 2)

    def test_are_silent_about_what_was_there_before_and_what_is_only_to_be_known(self, dashboard, written):
        notifier = self.notifier(written)
        notifier.tell(dashboard(alert()))
        notifier.tell(dashboard(alert(), alert("plateau", severity="info")))
        assert written == []

    @pytest.mark.parametrize("case", ["complete", "stopped", "error", "crashed"])
    def test_tell_of_the_end(self, dashboard, written, case):
        notifier = self.notifier(written, bell=False)
        for _ in range(2):
            notifier.tell(dashboard())
        for _ in range(2):
            notifier.tell(dashboard(case=case))
        assert len(written) == 1
        assert written[0].startswith(f"\x1b]9;mine: {case}")

    def test_are_what_was_asked_for(self, dashboard, written):
        for bell, notify in ((True, False), (False, True)):
            notifier = self.notifier(written, bell=bell, notify=notify)
            notifier.tell(dashboard())
            notifier.tell(dashboard(alert()))
        assert written[0] == "\a"
        assert "\a" not in written[1]

    def test_have_no_escape_but_their_own(self, dashboard, written):
        notifier = self.notifier(written)
        notifier.tell(dashboard())
        notifier.tell(dashboard(alert(verdict=HOSTILE, evidence=HOSTILE), name=HOSTILE))
        (text,) = written
        inside = text.removeprefix("\a\x1b]9;").removesuffix("\x1b\\")
        assert inside.isprintable()
        assert len(inside) <= 200
