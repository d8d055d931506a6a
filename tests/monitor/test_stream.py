"""The headless loop: when it prints, how long it goes on, and with what it ends."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from kan_monitor.headless.stream import FORMATS, Stream
from kan_monitor.sources.experiment import ExperimentSource
from kan_shared.errors import NewerSchema, NoSuchRun, UnreadableState

from .cases import CASES
from .looking import PLACE, UTC_OPTIONS
from .making import NOW, event
from .source import source_run
from .waiting import GaveUpError, nothing, write

pytestmark = pytest.mark.usefixtures("home")

OPTIONS = UTC_OPTIONS


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def stream(home, out, complaints) -> Stream:
    """Watches `PLACE`, as text."""
    return Stream(ExperimentSource(PLACE), FORMATS["text"], out, complaints.append)


def follow(stream: Stream) -> int | None:
    """The stream's exit code, `None` where it would wait for ever."""
    try:
        return stream.follow(0.5, OPTIONS)
    except GaveUpError:
        return None


class TestOnce:
    @pytest.mark.parametrize(
        ("case", "code"),
        [
            ("running", 0),
            ("slow", 0),
            ("paused", 0),
            ("complete", 0),
            ("stopped", 1),
            ("error", 1),
            ("crashed", 3),
            ("stalled", 3),
            ("deadlocked", 3),
            ("unreachable", 3),
        ],
    )
    def test_ends_with_what_the_run_is(self, stream, out, case, code):
        CASES[case].run().write(PLACE)
        assert stream.once(NOW, OPTIONS) == code
        assert out.getvalue().startswith("[")

    def test_refuses_a_run_that_is_not_there(self, stream):
        with pytest.raises(NoSuchRun, match="is experiments/qwen-rust-tests-07 an experiment directory"):
            stream.once(NOW, OPTIONS)

    def test_refuses_a_state_that_is_none(self, stream):
        PLACE.mkdir(parents=True)
        (PLACE / "state.json").write_text("{")
        with pytest.raises(UnreadableState):
            stream.once(NOW, OPTIONS)


class TestFollow:
    def test_prints_until_the_run_is_complete(self, stream, out, happens):
        write()()
        happens(write(step=2401, revision=2401), write(step=4500, revision=2402, status="complete"))
        assert follow(stream) == 0
        assert [line.split(" | ")[1][:10] for line in out.getvalue().splitlines() if line.startswith("[")] == [
            "Step 2 400",
            "Step 2 401",
            "Step 4 500",
        ]

    @pytest.mark.parametrize(("status", "code"), [("error", 1), ("stopped", 1), ("complete", 0)])
    def test_ends_with_the_run(self, stream, happens, status, code):
        write()()
        happens(write(status=status, revision=2401))
        assert follow(stream) == code

    @pytest.mark.parametrize("case", ["crashed", "stalled", "unreachable"])
    def test_ends_when_the_producer_is_lost(self, stream, out, happens, case):
        write()()
        happens(lambda: CASES[case].run().write(PLACE))
        assert follow(stream) == 3
        assert f"| {case.capitalize()}: " in out.getvalue()

    def test_says_nothing_again_while_the_run_stands_still(self, stream, out, happens):
        """A heartbeat and new telemetry are no news."""
        write()()
        happens(nothing, write(heartbeat_seconds=NOW, telemetry=None), nothing)
        assert follow(stream) is None
        assert out.getvalue().count("Loss:") == 1

    def test_says_so_when_the_condition_changes_though_the_run_stands_still(self, stream, out, happens):
        write()()
        happens(write(last_step_seconds=NOW - 25), write(status="paused"))
        assert follow(stream) is None
        shown = [line for line in out.getvalue().splitlines() if "Loss:" in line]
        assert ["Slow: no step for 25 s" in shown[1], shown[2].endswith("| Paused")] == [True, True]

    def test_shows_a_sample_and_an_event_once(self, stream, out, happens):
        write()()
        again = source_run().but(revision=2401).having(event("checkpoint", "step-2400", ago=0, step=2400))
        happens(lambda: again.write(PLACE))
        assert follow(stream) is None
        assert out.getvalue().count("Sample 14 of 14") == 1
        assert out.getvalue().count("checkpoint step-2000") == 1
        assert out.getvalue().count("checkpoint step-2400") == 1

    def test_goes_on_with_another_run_in_the_same_place(self, stream, out, happens):
        write()()
        happens(write(run_id="08", revision=2400, step=3))
        assert follow(stream) is None
        assert "Step 3/4 500" in out.getvalue()

    def test_says_that_a_state_turned_bad_and_goes_on(self, stream, out, happens):
        write()()
        happens(lambda: (PLACE / "state.json").write_text("{"), write(status="complete", revision=2401))
        assert follow(stream) == 0
        assert out.getvalue().count("! experiments/qwen-rust-tests-07/state.json: the state is not valid") == 1


class TestWaiting:
    def test_is_said_once_and_elsewhere(self, stream, out, complaints, happens):
        happens(nothing, nothing, nothing)
        assert follow(stream) is None
        assert out.getvalue() == ""
        assert len(complaints) == 1
        assert complaints[0] == "experiments/qwen-rust-tests-07 holds no run yet: waiting for one (Ctrl-C ends)."

    def test_ends_when_there_is_a_run(self, stream, out, happens):
        happens(nothing, write(status="complete"))
        assert follow(stream) == 0
        assert "Complete" in out.getvalue()

    def test_is_said_again_when_the_reason_is_another(self, stream, complaints, happens):
        def half_a_state() -> None:
            PLACE.mkdir(parents=True)
            (PLACE / "state.json").write_text("{")

        happens(half_a_state, nothing)
        assert follow(stream) is None
        assert len(complaints) == 2
        assert "not valid" in complaints[1]

    def test_does_not_help_with_a_newer_version(self, stream, happens):
        happens(lambda: CASES["newer-version"].then(PLACE))
        with pytest.raises(NewerSchema, match="upgrade it with pip"):
            follow(stream)


class TestJson:
    def test_is_a_line_each(self, out, happens):
        write()()
        happens(write(step=2401, revision=2401), write(status="complete", revision=2402))
        stream = Stream(ExperimentSource(PLACE), FORMATS["json"], out, lambda _: None)
        assert follow(stream) == 0
        lines = [json.loads(line) for line in out.getvalue().splitlines()]
        assert [(line["step"], line["status"]) for line in lines] == [
            (2400, "Running"),
            (2401, "Running"),
            (2400, "Complete"),
        ]

    def test_is_flushed_line_by_line(self, happens):
        """Whoever reads a pipe or a file sees a line when it is printed, not when a buffer is full."""
        write()()
        file = Path("lines.json")
        seen: list[int] = []
        happens(lambda: seen.append(file.read_text().count("\n")), write(status="complete", revision=2401))
        with file.open("w") as out:
            follow(Stream(ExperimentSource(PLACE), FORMATS["json"], out, lambda _: None))
        assert seen == [1]
