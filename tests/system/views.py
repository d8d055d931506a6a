"""Everything that the monitor makes of a run's directory, in one list: whoever adds a screen adds it here.

`faults` draws all of it and says what no output may have: a character that the app did not mean, a line of another
width, a JSON that is none.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from kan_monitor.charts.pyramid import Pyramid
from kan_monitor.curves import ChartOptions, Curves
from kan_monitor.dashboard import Dashboard
from kan_monitor.frame import FOCUSABLE, FrameOptions, draw_frame, draw_panel
from kan_monitor.headless.json_format import json_line
from kan_monitor.headless.text_format import text_lines
from kan_monitor.ink import Line
from kan_monitor.panels import runs
from kan_monitor.panels.lines import width_of
from kan_monitor.sources.experiment import ExperimentSource, glance
from kan_monitor.sources.facts import Facts
from kan_monitor.view import ViewOptions, build
from kan_monitor.view.runs import run_row
from kan_shared.experiment import Experiment, find_runs

from .fuzzing import strings_of

SIZES: Final = ((120, 34), (80, 24), (60, 18))
#: Records that a pyramid takes in: a sparse file of terabytes has no end.
_PYRAMID_RECORDS: Final = 2**16


class Seen(NamedTuple):
    """What a look at a run found."""

    directory: Path
    source: ExperimentSource
    facts: Facts
    dashboard: Dashboard
    curves: Curves
    now: float


class Follower:
    """Looks at one directory again and again, as the app does."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._source = ExperimentSource(directory)
        self._curves = Curves(self._source)

    def look(self, now: float) -> Seen:
        facts = self._source.poll(now)
        dashboard = build(facts, ViewOptions(), now=now)
        series = dashboard.loss.series
        self._curves.refresh([series, "validation/loss"] if series else [])
        return Seen(self._directory, self._source, facts, dashboard, self._curves, now)

    def build_pyramids(self) -> None:
        """What the app does beside the screen."""
        for curve in self._curves.wanting_pyramids():
            file = curve.new_file()
            file.refresh()
            pyramid = Pyramid(file)
            pyramid.extend(limit=_PYRAMID_RECORDS)
            curve.adopt(pyramid, file)


def _dashboard(options: FrameOptions) -> Callable[[Seen, int, int], list[Line]]:
    return lambda seen, width, height: draw_frame(seen.dashboard, seen.curves, options, width, height)


def _zoomed(seen: Seen, width: int, height: int) -> list[Line]:
    """Every panel at the size of the screen, under each other; only their lines are looked at."""
    panels = [draw_panel(name, seen.dashboard, seen.curves, FrameOptions(), width, height) for name in FOCUSABLE]
    return [line for panel in panels for line in panel]


def _runs(seen: Seen, width: int, height: int) -> list[Line]:
    root = seen.directory.parent
    rows = [run_row(glance(path, seen.now), seen.now) for path in {seen.directory, *find_runs(root)}]
    return runs.draw(rows[: height - 4], width, height, root="experiments", cursor=0, total=len(rows))


#: Every screen: what draws it at a size, as lines of spans.
SCREENS: Final[dict[str, Callable[[Seen, int, int], list[Line]]]] = {
    "dashboard": _dashboard(FrameOptions()),
    "dashboard, raw and linear": _dashboard(FrameOptions(chart=ChartOptions(log=False, smoothing=0.0), plain=True)),
    "every panel zoomed": _zoomed,
    "runs": _runs,
}
#: Every output of text, whose lines end in newlines.
TEXTS: Final[dict[str, Callable[[Seen], str]]] = {
    "text": lambda seen: text_lines(seen.dashboard),
    "names of series": lambda seen: "".join(map(ascii, Experiment(seen.directory).series_names())),
}
#: Every output of JSON, an object a line.
OBJECTS: Final[dict[str, Callable[[Seen], str]]] = {
    "json": lambda seen: json_line(seen.dashboard),
}


def faults(seen: Seen, *sizes: tuple[int, int]) -> Iterator[str]:
    """What is wrong with anything that is made of `seen`: the dashboard at all sizes, other screens at the second."""
    for name, screen in SCREENS.items():
        for width, height in sizes if name == "dashboard" else sizes[1:2]:
            yield from (
                f"{name} at {width}×{height}: {fault}" for fault in _of_lines(screen(seen, width, height), width)
            )
    for name, text in TEXTS.items():
        yield from (f"{name}: {line!r}" for line in text(seen).split("\n") if not line.isprintable())
    for name, text in OBJECTS.items():
        yield from (f"{name}: {fault}" for fault in _of_objects(text(seen)))


def _of_lines(lines: list[Line], width: int) -> Iterator[str]:
    for row, line in enumerate(lines):
        text = "".join(span.text for span in line)
        if not text.isprintable():
            yield f"row {row} has {text!r}"
        if width_of(line) != width:
            yield f"row {row} takes {width_of(line)} cells: {text!r}"


def _of_objects(text: str) -> Iterator[str]:
    if not (text.isascii() and text.endswith("\n") and text.replace("\n", "").isprintable()):
        yield f"bytes that a terminal might obey: {text!r}"
    for line in text.splitlines():
        strings = strings_of(json.loads(line, parse_constant=_refuse))
        yield from (f"a string {found!r}" for found in strings if not found.replace("\n", "").isprintable())


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
