"""One chart of any series of a run, in whatever room there is, down to some 20 × 5 cells: what a grid is made of.

train/loss        2.146
┤⠉⠒⠢⠤⣀⣀  ·   ·   ·   ·
│      ⠉⠉⠑⠒⠢⠤⣀⡀
└┴─────────────┴───────
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Final

from kan_monitor.charts.chart import Mark, Series
from kan_monitor.charts.chart import draw as draw_chart
from kan_monitor.curves import Curves
from kan_monitor.ink import Ink, Line, Span
from kan_monitor.panels.lines import fit, shortened, width_of
from kan_monitor.panels.readout import rules, x_axis
from kan_monitor.text import UNKNOWN, number
from kan_monitor.viewport import ChartOptions
from kan_shared.text import safe_line

#: How the names of the hardware's series end, the longest first, and how one writes that.
_UNITS: Final = {
    "_bytes_per_second": " B/s",
    "_bytes": " B",
    "_percent": " %",
    "_celsius": " °C",
    "_watts": " W",
}


def draw(
    curves: Curves,
    name: str,
    options: ChartOptions,
    width: int,
    height: int,
    *,
    total_steps: int | None = None,
    series: Series = "train",
    plan: Sequence[tuple[float, float]] = (),
    marks: Sequence[Mark] = (),
    utc_offset_seconds: int = 0,
    focused: bool = False,
    pinned: bool = False,
    plain: bool = False,
) -> list[Line]:
    """The series `name` on its own scale, under its name and its value: the latest, or that at the crosshair.

    Only what was refreshed in `curves` is drawn, so that a series out of sight costs nothing.
    """
    plot = curves.plot_of(name, total_steps, width, options, series=series, plan=plan)
    chart = draw_chart(
        plot.layers,
        width=width,
        height=max(0, height - 1),
        start=plot.start,
        stop=plot.stop,
        log=options.log,
        marks=marks,
        rules=rules(curves, options),
        x=x_axis(options, utc_offset_seconds),
        plain=plain,
    )
    return [_title(curves, name, options, width, focused=focused, pinned=pinned), *chart][:height]


def _title(curves: Curves, name: str, options: ChartOptions, width: int, *, focused: bool, pinned: bool) -> Line:
    value = _value(curves, name, options)
    room = max(0, width - 1 - width_of([value]))
    sign = ("▸ " if focused else "") + ("• " if pinned else "")
    called = Span(_called(sign, safe_line(name, 200), room), "key" if focused else "title")
    gap = width - width_of([called, value])
    return fit([called, Span(" " * gap), value] if gap > 0 else [value], width)


def _called(sign: str, name: str, room: int) -> str:
    """The name in so many cells; one of the hardware's gives way in what it has in common with the others."""
    kept = name.removeprefix("system/")
    if len(sign + name) > room and kept != name:
        words, unit = next(((words, unit) for words, unit in _UNITS.items() if kept.endswith(words)), ("", ""))
        name = kept.removesuffix(words) + unit
    return shortened(sign + name, room)


def _value(curves: Curves, name: str, options: ChartOptions) -> Span:
    read = curves.read(name, options)
    record = curves.latest(name) if options.cursor is None else read.record if read else None
    if record is None:
        return Span(UNKNOWN, "label")
    ink: Ink = "strong" if isfinite(record.value) else "bad"
    return Span(number(record.value), ink)
