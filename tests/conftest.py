"""What all tests share: a folder of their own, child processes, a disk that is nearly full, and goldens.

Goldens are what the product shows, kept under `snapshots/`, compared line by line, updated on purpose only.
"""

from __future__ import annotations

import contextlib
import difflib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import settings
from pytest_textual_snapshot import SVGImageExtension
from syrupy.location import PyTestLocation

ROOT = Path(__file__).parents[1]
SNAPSHOTS = ROOT / "snapshots"
UPDATE = "--update-goldens"
# How long an example takes says more of the machine than of the code. In CI the examples are the same every time: new
# ones are looked for where somebody is who can look into what they find.
settings.register_profile("unhurried", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("unhurried")

#: The sequences that colour a screen.
_COLOURING: Final = re.compile(r"\x1b\[[0-9;]*m")

Golden = Callable[[str, str], None]
Spawn = Callable[..., "subprocess.Popen[str]"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        UPDATE, action="store_true", help="take what is shown now for what shall be shown, then look at it"
    )


def pytest_configure(config: pytest.Config) -> None:
    """One option for all goldens: text frames, and the pictures that syrupy keeps."""
    if config.getoption(UPDATE):
        config.option.update_snapshots = True


def _screens(test_location: PyTestLocation) -> str:
    """Where pictures lie; syrupy knows those of a module, and those that none compares any more, by its name."""
    return str(SNAPSHOTS / "screens" / test_location.basename)


SVGImageExtension.dirname = staticmethod(_screens)  # type: ignore[method-assign]


@pytest.fixture(scope="session", autouse=True)
def _root_is_left_as_it_was() -> Iterator[None]:
    """What a test writes lies in a folder of its own: who presses every key of the app saves pictures, too."""
    before = _untracked()
    yield
    if left := _untracked() - before:
        pytest.fail(f"tests have left {sorted(left)} in {ROOT}: what runs the app asks for `home`", pytrace=False)


def _untracked() -> set[str]:
    """What lies in the project's root that git neither has nor ignores; nothing where there is no git."""
    command = ["git", "ls-files", "-z", "--others", "--exclude-standard", "--directory"]
    try:
        listed = os.fsdecode(subprocess.run(command, cwd=ROOT, capture_output=True).stdout).split("\0")
    except FileNotFoundError:
        return set()
    return {name for name in listed if name and "/" not in name.rstrip("/")}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current one; runs lie under `experiments/` in it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def spawn() -> Iterator[Spawn]:
    """Starts a fresh Python on a piece of code and arguments; its process group ends with the test."""
    children: list[subprocess.Popen[str]] = []

    def start(code: str, *arguments: object, **options: Any) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", code, *map(str, arguments)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        child = subprocess.Popen(command, text=True, start_new_session=True, **{**pipes, **options})
        children.append(child)
        return child

    yield start
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.communicate()


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts a small file system in memory with the given options, or skips; a further call changes the options."""
    place = tmp_path / "disk"
    place.mkdir()

    def make(options: str) -> Path:
        again = "remount," if os.path.ismount(place) else ""
        try:
            command = ["mount", "-t", "tmpfs", "-o", again + options, "tmpfs", str(place)]
            done = subprocess.run(command, capture_output=True, text=True)
        except FileNotFoundError:
            pytest.skip("there is no mount command")
        if done.returncode:
            pytest.skip(f"a file system in memory cannot be mounted here: {done.stderr.strip()}")
        return place

    yield make
    if os.path.ismount(place):
        subprocess.run(["umount", str(place)], check=True)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compares a text with the golden of that name under `snapshots/`."""

    def compare(name: str, text: str) -> None:
        path, shown = SNAPSHOTS / name, text.rstrip("\n") + "\n"
        if request.config.getoption(UPDATE):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(shown, encoding="utf-8")
            return
        kept = path.read_text(encoding="utf-8") if path.exists() else ""
        if shown != kept:
            pytest.fail(_difference(name, kept, shown), pytrace=False)

    return compare


def _difference(name: str, kept: str, shown: str) -> str:
    """What differs, for a person: the lines with their numbers, and a mark under every cell that is another one."""
    old, new = _COLOURING.sub("", kept).splitlines(), _COLOURING.sub("", shown).splitlines()
    lines = [f"snapshots/{name} is not what is shown now (- golden, + now):", ""]
    if old == new:  # as text
        lines[1:] = ["Its text is the same; the colours of these lines are others:", ""]
        old, new = (text.replace("\x1b", "␛").splitlines() for text in (kept, shown))
    for operation, first, last, begin, end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if operation == "equal":
            continue
        for number in range(max(last - first, end - begin)):
            before = old[first + number] if first + number < last else None
            after = new[begin + number] if begin + number < end else None
            lines += [f"{first + number + 1:>4} - {before}"] if before is not None else []
            lines += [f"{begin + number + 1:>4} + {after}"] if after is not None else []
            lines += [f"       {_marks(before, after)}"] if before is not None and after is not None else []
    return "\n".join(
        [*lines, "", f"If that is as it should be: pytest {UPDATE}, then look at every file that changed."]
    )


def _marks(before: str, after: str) -> str:
    width = max(len(before), len(after))
    pairs = zip(before.ljust(width), after.ljust(width), strict=True)
    return "".join(" " if one == other else "^" for one, other in pairs).rstrip()
