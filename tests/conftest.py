"""Goldens: what the product shows, kept under `snapshots/`, compared line by line, updated on purpose only."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_textual_snapshot import SVGImageExtension
from syrupy.location import PyTestLocation

SNAPSHOTS = Path(__file__).parent.parent / "snapshots"
UPDATE = "--update-goldens"
Golden = Callable[[str, str], None]


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
    old, new = kept.splitlines(), shown.splitlines()
    lines = [f"snapshots/{name} is not what is shown now (- golden, + now):", ""]
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
