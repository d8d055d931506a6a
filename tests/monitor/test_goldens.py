"""Every state of the dashboard as text, as one sees it: on the screen, without colour, and headless."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from kan_monitor.headless.stream import FORMATS, Format

from .cases import CASES
from .looking import Look, look_at_run
from .making import NOW
from .source import source_run
from .view_files import EXPECTED_FILES as OF_VIEWS

SIZES = (
    (80, 24),
    (60, 18),
    (60, 44),
    (40, 12),
    (40, 10),
    (20, 6),
    (20, 2),
    (160, 45),
    (200, 34),
    (200, 50),
    (200, 60),
    (300, 90),
)
#: States that ask most of a narrow screen.
NARROW = ("no-gpu", "nan-loss", "eight-gpus", "hostile", "crashed")
FORMAT_NAMES: tuple[Format, ...] = ("text", "json")
FOLDER = "frames"


def _expected_files() -> set[str]:
    return {
        *(f"{case}.txt" for case in CASES),
        *(f"running-{width}x{height}.txt" for width, height in SIZES),
        *(f"{case}-80x24.txt" for case in NARROW),
        "running-plain.txt",
        "running-ascii.txt",
        "progress.txt",
        *OF_VIEWS,
        *(f"{case}.{name}.txt" for case in CASES if case not in NO_STATE for name in FORMAT_NAMES),
    }


#: Headless, these are one sentence on stderr: see test_stream and test_cli.
NO_STATE = ("waiting", "newer-version")


def test_every_state(case, look_once, golden):
    golden(f"{FOLDER}/{case}.txt", look_once(case).text())


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_every_size(width, height, look_once, golden):
    golden(f"{FOLDER}/running-{width}x{height}.txt", look_once("running").text(width, height))


@pytest.mark.parametrize("case", NARROW)
def test_narrow_screens(case, look_once, golden):
    golden(f"{FOLDER}/{case}-80x24.txt", look_once(case).text(80, 24))


def test_a_chart_without_colour(look_once, golden):
    golden(f"{FOLDER}/running-plain.txt", look_once("running").text(plain=True))


@pytest.mark.parametrize("name", FORMAT_NAMES)
@pytest.mark.parametrize("case", [case for case in CASES if case not in NO_STATE])
def test_every_format(case, name, look_once, golden):
    line = FORMATS[name](look_once(case).dashboard, None)
    golden(f"{FOLDER}/{case}.{name}.txt", line if name == "text" else json.dumps(json.loads(line), indent=1))


def test_no_golden_is_left_over(request):
    folder = Path(__file__).parents[2] / "snapshots" / FOLDER
    left_over = {path.name for path in folder.iterdir()} - _expected_files()
    if request.config.getoption("--update-goldens"):
        for name in left_over:
            (folder / name).unlink()
    else:
        assert not left_over, f"no test compares {sorted(left_over)} in snapshots/{FOLDER} with anything"


class TestAFrameSequence:
    """Ten frames of a run that goes on, three seconds apart."""

    @pytest.fixture(scope="class")
    def frames(self, tmp_path_factory) -> list[Look]:
        home, run = tmp_path_factory.mktemp("sequence"), source_run()
        frames = []
        for number in range(10):
            now = NOW + 3 * number
            moved = run.but(
                step=2400 + 233 * number,
                epoch=8 + 233 * number // 300,
                revision=2400 + number,
                elapsed_seconds=252.1 + 3 * number,
                heartbeat_seconds=now - 0.3,
                last_step_seconds=now - 0.35,
            )
            frames.append(look_at_run(moved, home, now))
        return frames

    def test_is_as_it_was(self, frames, golden):
        shown = []
        for frame in frames:
            lines = frame.text().splitlines()
            shown += [lines[0], *_panel(lines, "progress"), lines[-3], ""]
        golden(f"{FOLDER}/progress.txt", "\n".join(shown))

    def test_counts_up_to_the_total_and_never_beyond(self, frames):
        steps = [_numbers(frame.text(), "step") for frame in frames]
        epochs = [_numbers(frame.text(), "epoch") for frame in frames]
        assert [done for done, _ in steps] == [2400 + 233 * number for number in range(10)]
        assert {whole for _, whole in steps} == {4500}
        assert {whole for _, whole in epochs} == {15}
        for counter in (steps, epochs):
            assert all(done <= whole for done, whole in counter)
            assert sorted(counter) == counter

    def test_gives_step_and_epoch_the_same_share(self, frames):
        for frame in frames:
            step, epoch = frame.dashboard.progress.step, frame.dashboard.progress.epoch
            assert step.share == epoch.share
            assert step.fraction == epoch.fraction

    def test_keeps_every_figure_in_its_column(self, frames):
        """Nothing jumps: up to the counters' own digits, the panels' lines begin alike and end alike."""
        for word in ("epoch", "step", "lr", "grad", "util", "vram", "temp", "power", "host"):
            places = {_place_of_figures(frame.text(), word) for frame in frames}
            assert len(places) == 1, f"{word} is at {places}"

    def test_lets_the_clock_go_on(self, frames):
        elapsed = [frame.dashboard.header.elapsed.text for frame in frames]
        assert elapsed[:3] == ["00:04:12", "00:04:15", "00:04:18"]
        remaining = [frame.dashboard.header.eta.value for frame in frames]
        assert remaining == sorted(remaining, reverse=True)


def _panel(lines: list[str], title: str) -> list[str]:
    top = next(number for number, line in enumerate(lines) if f"─ {title} ─" in line)
    left = lines[top].index(f"╭─ {title}")
    return [line[left:] for line in lines[top : top + 7]]


def _numbers(frame: str, label: str) -> tuple[int, int]:
    done, whole = re.search(rf"{label} +[━╸─]+ +([\d ]+) / ([\d ]+)  ", frame).groups()
    return int(done.replace(" ", "")), int(whole.replace(" ", ""))


def _place_of_figures(frame: str, label: str) -> int:
    """The column of the first digit behind a label."""
    line = next(line for line in frame.splitlines() if f"│ {label} " in line)
    return line.index(f"│ {label} ") + re.search(r"\d", line[line.index(f"│ {label} ") :]).start()
