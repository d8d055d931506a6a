"""Watching a run of another machine, over a connection that may be lost.

The other machine is this one, behind a program called `ssh` that runs what it is told; tests/system/test_ssh.py has a
real one.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kan_monitor.cli import main
from kan_monitor.sources.address import parse_address
from kan_monitor.sources.remote import RemoteSource
from kan_monitor.view import build
from kan_shared.errors import OutOfReach
from kan_shared.liveness import this_process

from .cases import CASES
from .looking import PLACE, UTC_OPTIONS
from .making import Run
from .source import source_run

pytestmark = pytest.mark.usefixtures("home")

REMOTE = shlex.join([sys.executable, "-m", "kan_monitor"])
PATIENCE_SECONDS = 30.0


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)


def live_run(**changes: object) -> Run:
    """The source's run, as this process would make it now."""
    now = time.time()
    times = {"started_seconds": now - 252, "heartbeat_seconds": now, "last_step_seconds": now}
    return source_run().but(producer=this_process(), **times, **changes)


@pytest.mark.usefixtures("ssh")
class TestARunOnAnotherMachine:
    def test_is_printed_with_the_condition_that_is_told_there(self, ssh, home, capsys):
        live_run().write(PLACE)
        assert main([f"ssh://me@box{home / PLACE}", "--once", "--remote-command", REMOTE]) == 0
        assert "Epoch 8/15 | Step 2 400/4 500 (53.3%) | Loss: 2.146 ↓" in capsys.readouterr().out
        assert ssh()[:5] == ["-T", "-l", "me", "--", "box"]

    def test_is_printed_as_json_and_as_one_line(self, home, capsys):
        live_run().write(PLACE)
        address = f"ssh://box{home / PLACE}"
        assert main([address, "--once", "--format", "json", "--remote-command", REMOTE]) == 0
        assert json.loads(capsys.readouterr().out)["step"] == 2400
        assert main([address, "--line", "--remote-command", REMOTE]) == 0
        assert capsys.readouterr().out.startswith("● running  53.3%")

    def test_may_have_any_path(self, home, capsys):
        place = home / "a 'b' $(touch x) \\ ; c"
        live_run().write(place)
        assert main([f"ssh://box{place}", "--once", "--remote-command", REMOTE]) == 0
        assert "Epoch 8/15" in capsys.readouterr().out
        assert not (home / "x").exists()

    def test_ends_with_the_exit_code_of_its_end(self, home, capsys):
        CASES["error"].run().write(PLACE)
        assert main([f"ssh://box{home / PLACE}", "--headless", "--remote-command", REMOTE]) == 1
        assert "Error:" in capsys.readouterr().out

    def test_is_refused_where_there_is_none(self, home, capsys):
        Path("other").mkdir()
        Path("other/things").touch()
        assert main([f"ssh://box{home}/other", "--once", "--remote-command", REMOTE]) == 5
        assert f"box says: {home}/other holds other things and no run" in capsys.readouterr().err

    def test_is_named_by_its_address(self, home, capsys):
        assert main([f"ssh://box{home}/later", "--once", "--remote-command", REMOTE]) == 5
        assert f"{home}/later/state.json cannot be read" in capsys.readouterr().err

    def test_needs_a_kan_monitor_there(self, capsys):
        assert main(["ssh://box/x", "--once", "--remote-command", "/no/kan-monitor"]) == 2
        said = capsys.readouterr().err
        assert said.startswith("kan-monitor: box does not know /no/kan-monitor (")
        assert said.endswith("install kan-monitor there, or say where it is with --remote-command.\n")

    def test_needs_a_machine_that_answers(self, capsys):
        dead = "sh -c 'echo ssh: connect to host box port 22: Connection refused >&2; exit 255' --"
        assert main(["ssh://box/x", "--once", "--remote-command", dead]) == 3
        assert capsys.readouterr().err == (
            "kan-monitor: box is out of reach: ssh: connect to host box port 22: Connection refused.\n"
        )

    def test_needs_ssh(self, monkeypatch, capsys):
        monkeypatch.setenv("PATH", "/nowhere")
        assert main(["ssh://box/x", "--once"]) == 2
        assert "ssh is not installed" in capsys.readouterr().err


@pytest.mark.usefixtures("ssh")
class TestALostConnection:
    @pytest.fixture
    def source(self, home) -> Iterator[RemoteSource]:
        live_run().write(PLACE)
        address = parse_address(f"ssh://box{home / PLACE}")
        noting = f"""sh -c 'echo $$ > {home / "pid"}; exec "$@"' - {REMOTE}"""
        with closing(RemoteSource(address, remote_command=noting)) as made:
            made.wait(for_all=True)
            yield made

    def test_is_said_and_made_again(self, source, home):
        assert source.poll(time.time()).condition == "running"
        os.kill(int((home / "pid").read_text()), signal.SIGKILL)
        until(lambda: source.poll(time.time()).problem is not None)
        facts = source.poll(time.time())
        assert "the kan-monitor on box has ended" in str(facts.problem)
        assert str(facts.problem).endswith("; trying again")
        assert isinstance(facts.problem, OutOfReach)
        assert facts.condition == "running"  # for the moment: a word may come
        assert source.poll(time.time() + 60).condition == "unreachable"
        until(lambda: source.poll(time.time()).problem is None)
        assert source.poll(time.time()).condition == "running"

    def test_keeps_what_was_known(self, source, home):
        known = source.poll(time.time()).state
        os.kill(int((home / "pid").read_text()), signal.SIGKILL)
        until(lambda: source.poll(time.time()).problem is not None)
        assert source.poll(time.time() + 60).state == known
        file = source.series("train/loss")
        file.refresh()
        assert file.tail(1)[0].step == 2400

    def test_shows_what_happens_there(self, source):
        live_run(step=2500, revision=2401).write(PLACE)
        until(lambda: source.poll(time.time()).state.step == 2500)

    def test_of_a_run_that_is_not_there_yet_or_any_more_is_shown_too(self, source, home):
        """There is then no host whose silence could be told."""
        shutil.rmtree(PLACE)
        os.kill(int((home / "pid").read_text()), signal.SIGKILL)
        until(lambda: source.poll(time.time()).state is None)
        for seconds in (0, 60):
            now = time.time() + seconds
            dashboard = build(source.poll(now), UTC_OPTIONS, now=now)
            assert dashboard.header.badge.detail == f"no state in ssh://box{home / PLACE} yet"

    def test_does_not_mind_that_its_clock_goes_wrong(self, home):
        late = "import sys, time; now = time.time; time.time = lambda: now() + 3600; import kan_monitor.cli as cli; "
        remote = f"{shlex.quote(sys.executable)} -c {shlex.quote(late + 'cli.main(sys.argv[1:])')}"
        ahead = time.time() + 3600
        live_run().but(heartbeat_seconds=ahead, last_step_seconds=ahead).write(PLACE)
        with closing(RemoteSource(parse_address(f"ssh://box{home / PLACE}"), remote_command=remote)) as source:
            source.wait()
            facts = source.poll(time.time())
        assert facts.condition == "running"
        assert abs(facts.state.heartbeat_seconds - time.time()) < 60

    def test_of_a_run_that_has_ended_is_no_news(self, source, home):
        CASES["complete"].run().but(run_id="07").write(PLACE)
        until(lambda: source.poll(time.time()).condition == "complete")
        os.kill(int((home / "pid").read_text()), signal.SIGKILL)
        assert source.poll(time.time() + 60).condition == "complete"

    def test_leaves_nothing_behind(self, source, home):
        folder, pid = source.directory.parent, int((home / "pid").read_text())
        source.close()
        assert not folder.exists()
        until(lambda: not Path(f"/proc/{pid}/cmdline").exists() or not Path(f"/proc/{pid}/cmdline").read_bytes())
