"""The frame of a run as the dashboard shows it, once everything is loaded, in the format that is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal

from rich.style import Style

from kan_monitor.charts.pyramid import Pyramid
from kan_monitor.colour import ColourMode
from kan_monitor.curves import Curves
from kan_monitor.dashboard import Dashboard
from kan_monitor.exporting.frame_markdown import frame_markdown
from kan_monitor.exporting.frame_svg import frame_svg
from kan_monitor.exporting.frame_text import frame_text
from kan_monitor.ink import Ink, Line
from kan_monitor.sources.facts import Source

FrameFormat = Literal["text", "svg", "markdown"]
#: By what a file of each is told.


def render(
    kind: FrameFormat, lines: Sequence[Line], inks: Mapping[Ink, Style], mode: ColourMode, dashboard: Dashboard
) -> str:
    """A frame that was drawn of `dashboard`, as the text of a file of that kind."""
    writers: dict[FrameFormat, Callable[[], str]] = {
        "text": lambda: frame_text(lines, inks, mode),
        "svg": lambda: frame_svg(lines, inks),
        "markdown": lambda: frame_markdown(lines, dashboard),
    }
    return writers[kind]()


def loaded_curves(source: Source, dashboard: Dashboard, beside: Iterable[str] = ()) -> Curves:
    """The curves of `dashboard` and those `beside` its loss, the long ones with their pyramids: what the app has a
    moment after its start."""
    curves = Curves(source)
    curves.refresh([*([dashboard.loss.series, "validation/loss"] if dashboard.loss.series else []), *beside])
    for curve in curves.wanting_pyramids():
        file = curve.new_file()
        file.refresh()
        pyramid = Pyramid(file)
        pyramid.extend()
        curve.adopt(pyramid, file)
    return curves
