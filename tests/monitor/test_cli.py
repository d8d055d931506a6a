"""The command: one clear sentence and the right exit code, whatever it is given."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from kan_monitor.cli import main
from kan_shared import __version__
from kan_shared.state import encode_state
from kan_shared.store import read_state

from .cases import CASES
from .looking import PLACE

pytestmark = pytest.mark.usefixtures("home")

RUN = str(PLACE)


@pytest.fixture
def run(home) -> Path:
    """The source's run, complete."""
    CASES["complete"].run().write(PLACE)
    return PLACE


def refused(capsys: pytest.CaptureFixture[str]) -> str:
    """The one sentence that was said, when nothing else was."""
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("kan-monitor: ")
    assert err.count("\n") == 1, err
    return err.removeprefix("kan-monitor: ").strip()


@pytest.mark.usefixtures("run")
class TestARunIsShown:
    def test_as_text(self, capsys):
        assert main([RUN, "--headless"]) == 0
        assert capsys.readouterr().out.startswith("[00:12:45] Epoch 15/15 | Step 4 500/4 500 (100.0%)")

    def test_as_json(self, capsys):
        assert main(["--experiment", RUN, "--format", "json"]) == 0
        assert json.loads(capsys.readouterr().out)["status"] == "Complete"

    def test_the_newest_where_none_is_named(self, capsys):
        assert main(["--once"]) == 0
        assert "Complete" in capsys.readouterr().out

    def test_without_a_terminal_though_nobody_asked_for_lines(self, capsys):
        assert main([RUN]) == 0
        assert "Complete" in capsys.readouterr().out

    def test_named_twice_alike(self):
        assert main([RUN, "--experiment", RUN, "--once"]) == 0

    @pytest.mark.parametrize(
        ("case", "code"), [("running", 0), ("error", 1), ("stopped", 1), ("crashed", 3), ("complete", 0)]
    )
    def test_with_its_exit_code(self, case, code):
        CASES[case].run().write(PLACE)
        if case == "running":
            Path(PLACE / "state.json").write_bytes(_as_if_now(PLACE))
        assert main([RUN, "--once"]) == code


@pytest.mark.usefixtures("run")
class TestAnOutputFile:
    def test_takes_the_lines_and_stdout_none(self, capsys):
        assert main([RUN, "--output-file", "lines.json", "--format", "json"]) == 0
        assert capsys.readouterr() == ("", "")
        assert json.loads(Path("lines.json").read_text())["step"] == 4500

    def test_is_appended_to(self):
        for _ in range(2):
            main([RUN, "--output-file", "lines.json", "--format", "json"])
        assert Path("lines.json").read_text().count("\n") == 2

    def test_that_cannot_be_written_is_refused(self, capsys):
        assert main([RUN, "--output-file", "no/such/folder/x"]) == 2
        assert refused(capsys) == (
            "no/such/folder/x cannot be written (No such file or directory): choose another --output-file."
        )


class TestWhatCannotBeUsed:
    def test_a_file_instead_of_a_directory(self, capsys):
        Path("notes.txt").write_text("precious")
        assert main(["notes.txt", "--once"]) == 5
        assert refused(capsys) == "notes.txt is not a directory: name the experiment directory of a run."
        assert Path("notes.txt").read_text() == "precious"

    def test_a_directory_of_other_things(self, capsys):
        Path("src").mkdir()
        Path("src/main.py").touch()
        assert main(["src", "--once"]) == 5
        assert refused(capsys).startswith("src holds other things and no run")

    def test_a_directory_that_is_not_there(self, capsys):
        assert main(["nowhere", "--once"]) == 5
        assert refused(capsys).startswith("nowhere/state.json cannot be read (No such file or directory)")
        assert not Path("nowhere").exists()

    def test_no_run_at_all(self, capsys):
        assert main(["--headless"]) == 5
        assert refused(capsys) == "there is no run under experiments/: name a directory, or start one with kan-train."

    def test_a_state_of_a_newer_version(self, capsys):
        CASES["newer-version"].then(PLACE)
        for arguments in ([RUN, "--once"], [RUN, "--headless"]):
            assert main(arguments) == 2
            assert "has schema version 99, this kan-monitor reads up to 1: upgrade it with pip" in refused(capsys)

    def test_a_state_that_is_corrupt(self, capsys):
        CASES["corrupt"].then(PLACE)
        before = (PLACE / "state.json").read_bytes()
        assert main([RUN, "--once"]) == 5
        assert "the state is not valid" in refused(capsys)
        assert (PLACE / "state.json").read_bytes() == before

    def test_two_directories(self, capsys):
        assert main(["one", "--experiment", "other"]) == 2
        assert refused(capsys).startswith("two directories were named")

    @pytest.mark.parametrize("milliseconds", ["0", "19", "3600001", "-5", "abc", "1e3", "", "١٢٣٤٥٦٧٨٩"])
    def test_a_refresh_that_is_none(self, capsys, milliseconds):
        assert main([f"--refresh-ms={milliseconds}"]) == 2
        assert f"{milliseconds} is not between 20 and 3600000" in refused(capsys)

    @pytest.mark.parametrize(
        ("arguments", "reason"),
        [
            (["--format", "yaml"], "yaml"),
            (["--color", "8"], "choose from"),
            (["--no-such"], "--no-such"),
            (["a", "b"], "b"),
        ],
    )
    def test_arguments_that_are_none(self, capsys, arguments, reason):
        assert main(arguments) == 2
        assert reason in refused(capsys)


class TestAsACommand:
    """In a process of its own."""

    def command(self, *arguments: str, **options: object) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "kan_monitor", *arguments], capture_output=True, timeout=60, **options
        )

    def test_says_its_version_and_its_exit_codes(self):
        assert self.command("--version").stdout.decode().strip() == f"kan-monitor {__version__}"
        told = self.command("--help").stdout.decode()
        assert [f"  {code}  " in told for code in (0, 1, 2, 3, 5)] == [True] * 5

    def test_ends_without_a_traceback(self):
        done = self.command("nowhere", "--once")
        assert (done.returncode, done.stdout) == (5, b"")
        assert done.stderr.count(b"\n") == 1

    @pytest.mark.usefixtures("run")
    def test_writes_to_a_terminal_that_knows_no_unicode(self):
        done = self.command(RUN, "--once", env={**os.environ, "PYTHONIOENCODING": "latin-1", "LC_ALL": "C"})
        assert done.returncode == 0
        assert done.stderr == b""
        assert b"Loss: 2.060 ?" in done.stdout

    @pytest.mark.usefixtures("run")
    def test_ends_quietly_when_its_reader_goes(self):
        reading, writing = os.pipe()
        os.close(reading)
        done = subprocess.run(
            [sys.executable, "-m", "kan_monitor", RUN, "--once"], stdout=writing, stderr=subprocess.PIPE, timeout=60
        )
        os.close(writing)
        assert (done.returncode, done.stderr) == (0, b"")


def _as_if_now(place: Path) -> bytes:
    """The state of a run that beats at this very moment: `--once` looks at the real clock."""
    now = time.time()
    return encode_state(
        msgspec.structs.replace(read_state(place / "state.json"), heartbeat_seconds=now, last_step_seconds=now)
    )


@pytest.mark.usefixtures("run")
class TestTheSystemSaysNo:
    """Errors of the operating system are sentences, too."""

    def test_no_room_for_the_output(self) -> None:
        with open("/dev/full", "wb") as full:
            done = subprocess.run(
                [sys.executable, "-m", "kan_monitor", "--once", RUN], stdout=full, stderr=subprocess.PIPE, text=True
            )
        assert (done.returncode, done.stderr) == (2, "kan-monitor: the output: No space left on device.\n")

    def test_no_output_at_all(self) -> None:
        command = f'exec "{sys.executable}" -m kan_monitor --once "{RUN}" <&- >&-'
        done = subprocess.run(["sh", "-c", command], stderr=subprocess.PIPE, text=True)
        assert done.returncode == 2
        assert done.stderr == "kan-monitor: there is no standard output to print to: name an --output-file.\n"

    def test_a_name_that_is_too_long(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["--once", "a" * 300]) == 2
        assert capsys.readouterr().err == f"kan-monitor: {'a' * 300}: File name too long.\n"

    def test_metrics_that_no_file_can_be_named_after(self, capsys: pytest.CaptureFixture[str]) -> None:
        state = read_state(PLACE / "state.json")
        metric = next(iter(state.metrics.values()))
        state = msgspec.structs.replace(state, metrics={"": metric, "é" * 150: metric})
        (PLACE / "state.json").write_bytes(encode_state(state))
        assert main(["--once", RUN]) == 0
        assert "Loss: —" in capsys.readouterr().out
