"""Everything that the monitor makes of a run's directory, in one list: whoever adds a screen adds it here.

`faults` draws it and says what no output may have: a character that the app did not mean, a line of another width, a
JSON that is none. A view of the app is drawn by its own screen, on a terminal that is only said to be there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from functools import cache
from itertools import chain
from types import SimpleNamespace
from typing import Any, Final, TypeVar

from textual.geometry import Size

from kan_monitor.app.session import Session
from kan_monitor.app.view_screen import ViewScreen
from kan_monitor.app.views import VIEWS, screen_of
from kan_monitor.curves import ChartOptions
from kan_monitor.exporting import rows
from kan_monitor.exporting.frame_markdown import frame_markdown
from kan_monitor.exporting.frame_svg import frame_svg
from kan_monitor.exporting.table import long_rows, wide_rows
from kan_monitor.feeding.feed import Feed
from kan_monitor.frame import FOCUSABLE, FrameOptions, charted, draw_frame, draw_panel
from kan_monitor.headless.compare_format import compare_fields, compare_text
from kan_monitor.headless.json_format import json_line
from kan_monitor.headless.line_format import line as one_line
from kan_monitor.headless.runs_format import runs_fields, runs_text
from kan_monitor.headless.text_format import text_lines
from kan_monitor.ink import Line
from kan_monitor.overlay import Overlay
from kan_monitor.palette import styles
from kan_monitor.panels import compare, runs
from kan_monitor.panels.compare import CompareOptions
from kan_monitor.panels.lines import width_of
from kan_monitor.panels.network import Chosen, Place
from kan_monitor.runs.comparison import Comparison
from kan_monitor.runs.listing import Listing, Order
from kan_monitor.runs.parser import parse
from kan_monitor.sources.experiment import ExperimentSource
from kan_monitor.sources.mirror import Mirror
from kan_monitor.sources.protocol import decode, encode
from kan_monitor.view.runs import RunRow, RunsView, count_note, nothing_note, run_row
from kan_monitor.viewport import Window
from kan_shared.errors import KanError
from kan_shared.experiment import Experiment
from kan_shared.series import SeriesFile

from .following import MOST_RECORDS, Seen, build_pyramids_of
from .fuzzing import strings_of

Output = TypeVar("Output")

SIZES: Final = ((120, 34), (80, 24), (60, 18))
#: Beside the first of each kind, an output is made at every so many looks; no multiple of the number of sizes.
_TURNS: Final = 11


# Screens


def _dashboard(**options: Any) -> Callable[[Seen, int, int], list[Line]]:
    """The whole of it."""
    chosen = FrameOptions(**options)
    return lambda seen, width, height: draw_frame(seen.session.dashboard, seen.session.curves, chosen, width, height)


def _beside(seen: Seen, width: int, height: int) -> list[Line]:
    """The charts beside the loss, at the size of the screen."""
    session = seen.session
    names = charted(session.dashboard, session.source.series_names, 200, 50)
    build_pyramids_of(session.refresh_curves([*names]))
    return draw_panel("charts", session.dashboard, session.curves, FrameOptions(beside=names), width, height)


def _zoomed(seen: Seen, width: int, height: int) -> list[Line]:
    """Every panel at the size of the screen, under each other; only their lines are looked at."""
    session, options = seen.session, FrameOptions()
    panels = [draw_panel(name, session.dashboard, session.curves, options, width, height) for name in FOCUSABLE]
    return [line for panel in panels for line in panel]


def _view(module: str, **attributes: Any) -> Callable[[Seen, int, int], list[Line]]:
    """A view of the app; `attributes` are what its user has typed or pressed."""

    def draw(seen: Seen, width: int, height: int) -> list[Line]:
        screen = screen_of(next(view for view in VIEWS if view.module == module), seen.session, styles("none"))
        screen.__class__ = _on_a_terminal(type(screen))
        vars(screen).update(terminal=SimpleNamespace(size=Size(width, height)), **attributes)
        build_pyramids_of(seen.session.refresh_curves(screen.series_names()))
        screen.show_news()
        return screen.draw_view(width, height - 2)

    return draw


@cache
def _on_a_terminal(screen: type[ViewScreen]) -> type[ViewScreen]:
    """The class of a screen whose app is nothing but the size of its terminal."""
    return type(screen.__name__, (screen,), {"app": property(lambda self: vars(self)["terminal"])})


def _rows(seen: Seen, listing: Listing) -> list[RunRow]:
    listing.index.look()
    listing.learn()
    return [run_row(run.facts(seen.now), seen.now, smoothed=run.smoothed("")) for run in listing.select(seen.now)]


def _runs(query: str = "", order: str = "age") -> Callable[[Seen, int, int], list[Line]]:
    def draw(seen: Seen, width: int, height: int) -> list[Line]:
        listing = Listing(seen.directory.parent, parse(query), Order(order))
        shown = _rows(seen, listing)
        view = RunsView(
            rows=tuple(shown[: runs.rows_of(height, typing=False)]),
            cursor=0 if shown else None,
            note=count_note("experiments", total=len(listing.index.runs), matching=len(shown), unknown=0),
            nothing=nothing_note("experiments", query),
            sort=order,
            filter=query,
        )
        return runs.draw(view, width, height)

    return draw


def _comparison(seen: Seen) -> tuple[Comparison, str]:
    comparison = Comparison([seen.directory, seen.directory])
    comparison.look()
    return comparison, next(iter(comparison.metrics), "")


def _compare(seen: Seen, width: int, height: int) -> list[Line]:
    comparison, metric = _comparison(seen)
    overlay = Overlay(comparison.places, metric) if metric else None
    if overlay:
        overlay.refresh()
        build_pyramids_of(overlay.wanting_pyramids())
    view = comparison.view(metric, "smoothed", seen.now, all_keys=True)
    return compare.draw(view, overlay, CompareOptions(), width, height)


# Other outputs


def _frame(seen: Seen) -> list[Line]:
    return _dashboard()(seen, 80, 24)


def _table(write: Callable[[Experiment, list[str]], Iterator[str]]) -> Callable[[Seen], str]:
    """A table of the first records of every series."""

    def made(seen: Seen) -> str:
        experiment = Experiment(seen.directory)
        return "".join(write(experiment, experiment.series_names()))

    return made


def _long(experiment: Experiment, names: list[str]) -> Iterator[rows.Rows]:
    return chain.from_iterable(_first(experiment, name) for name in names)


def _first(experiment: Experiment, name: str) -> Iterator[rows.Rows]:
    file = SeriesFile(experiment.series(name))
    file.refresh()
    return long_rows(name, file, overwritten=True) if file.count <= MOST_RECORDS else iter(())


def _wide(experiment: Experiment, names: list[str]) -> Iterator[rows.WideRows]:
    return wide_rows([_first(experiment, name) for name in names])


def _objects(fields: Mapping[str, Any]) -> str:
    return json.dumps(fields, ensure_ascii=True, allow_nan=False) + "\n"


def _compared(seen: Seen) -> Any:
    comparison, metric = _comparison(seen)
    return comparison.view(metric, "best", seen.now, all_keys=False)


def _listed(seen: Seen) -> str:
    shown = _rows(seen, Listing(seen.directory.parent, order=Order("smooth")))
    return _objects(runs_fields(shown, [""] * len(shown)))


def _fed(seen: Seen) -> str:
    """What the monitor of another machine makes of it."""
    with closing(Mirror()) as mirror:
        with suppress(KanError):
            for message in Feed(seen.directory).look(seen.now):
                mirror.take(decode(encode(message)))
        return json_line(Session(ExperimentSource(mirror.directory), clock=lambda: seen.now).dashboard)


#: Every screen: what draws it at a size, as lines of spans.
SCREENS: Final[dict[str, Callable[[Seen, int, int], list[Line]]]] = {
    "dashboard": _dashboard(),
    "dashboard, raw and linear": _dashboard(chart=ChartOptions(log=False, smoothing=0.0), plain=True),
    "dashboard, zoomed in": _dashboard(
        chart=ChartOptions(window=Window(100.0, 400.0, False), cursor=333.0), frozen=True
    ),
    "dashboard by time": _dashboard(
        chart=ChartOptions(x="elapsed", cursor=30.0, seen_seconds=1748785900.0), focus="loss"
    ),
    "dashboard by the clock": _dashboard(chart=ChartOptions(x="clock")),
    "dashboard in ASCII": _dashboard(ascii=True),
    "every panel zoomed": _zoomed,
    "charts beside the loss": _beside,
    "series": _view("series_view"),
    "series, searched": _view("series_view", _search="*/loss rate", _columns=1),
    "series, enlarged": _view("series_view", _enlarged=True),
    "events": _view("events_view"),
    "log": _view("log_view"),
    "log, searched and wrapped": _view("log_view", _wanted="step", _wrapped=True, _found=1),
    "config": _view("config_view"),
    "hardware": _view("hardware_view"),
    "network": _view("network_view"),
    "network, an edge enlarged": _view("network_view", _chosen=Chosen(enlarged=True)),
    "network, further down, on one scale": _view("network_view", _chosen=Chosen(Place(1, 3), one_scale=True)),
    "runs": _runs(),
    "runs, filtered": _runs("step>=0 or not status:complete or lr<1 or tag:a", "smooth"),
    "compare": _compare,
}
#: Every output of text, whose lines end in newlines.
TEXTS: Final[dict[str, Callable[[Seen], str]]] = {
    "text": lambda seen: text_lines(seen.session.dashboard),
    "line": lambda seen: one_line(colour=False)(seen.session.dashboard),
    "runs as text": lambda seen: runs_text(_rows(seen, Listing(seen.directory.parent))),
    "compare as text": lambda seen: compare_text(_compared(seen)),
    "SVG": lambda seen: frame_svg(_frame(seen), styles("truecolor")),
    "Markdown": lambda seen: frame_markdown(_frame(seen), seen.session.dashboard),
    "CSV": _table(lambda experiment, names: map(rows.csv_long, _long(experiment, names))),
    "wide CSV": _table(lambda experiment, names: map(rows.csv_wide, _wide(experiment, names))),
    "header of CSV": _table(lambda _, names: iter([rows.csv_header(names)])),
    "names of series": lambda seen: "".join(map(ascii, Experiment(seen.directory).series_names())),
}
#: Every output of JSON, an object a line.
OBJECTS: Final[dict[str, Callable[[Seen], str]]] = {
    "json": lambda seen: json_line(seen.session.dashboard),
    "feed": _fed,
    "runs as JSON": _listed,
    "compare as JSON": lambda seen: _objects(compare_fields(_compared(seen))),
    "JSONL": _table(lambda experiment, names: map(rows.json_long, _long(experiment, names))),
    "wide JSONL": _table(
        lambda experiment, names: (rows.json_wide(batch, names) for batch in _wide(experiment, names))
    ),
}


def faults(seen: Seen, turn: int) -> Iterator[str]:
    """What is wrong with what is made of `seen`: the first of each kind, and others in turn."""
    width, height = SIZES[turn % len(SIZES)]
    for name, screen in _in_turn(SCREENS, turn):
        found = _of_lines(screen(seen, width, height), width)
        yield from (f"{name} at {width}×{height}: {fault}" for fault in found)
    for name, text in _in_turn(TEXTS, turn):
        yield from (f"{name}: {line!r}" for line in text(seen).split("\n") if not line.isprintable())
    for name, text in _in_turn(OBJECTS, turn):
        yield from (f"{name}: {fault}" for fault in _of_objects(text(seen)))


def _in_turn(outputs: dict[str, Output], turn: int) -> list[tuple[str, Output]]:
    """The first of them, and a part of the others."""
    first, *others = outputs.items()
    return [first, *others[turn % _TURNS :: _TURNS]]


def _of_lines(lines: list[Line], width: int) -> Iterator[str]:
    for row, line in enumerate(lines):
        text = "".join(span.text for span in line)
        if not text.isprintable():
            yield f"row {row} has {text!r}"
        if width_of(line) != width:
            yield f"row {row} takes {width_of(line)} cells: {text!r}"


def _of_objects(text: str) -> Iterator[str]:
    if not (text.isascii() and text.replace("\n", "").isprintable()):
        yield f"bytes that a terminal might obey: {text!r}"
    for line in text.splitlines():
        strings = strings_of(json.loads(line, parse_constant=_refuse))
        yield from (f"a string {found!r}" for found in strings if not found.replace("\n", "").isprintable())


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
