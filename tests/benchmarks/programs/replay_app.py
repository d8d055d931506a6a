"""DIRECTORY: draws what the dashboard shows of a live run for some seconds, then goes over these frames for ever.

What it costs to have Textual send the same cells to the terminal where nothing has to be found out: all strips are
constants, and so are the places where one frame differs from the next.
"""

from __future__ import annotations

import sys
import time
from itertools import chain, cycle, pairwise

from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from kan_monitor.app.panel import _changed_cells
from kan_monitor.curves import Curves
from kan_monitor.frame import FrameOptions, draw_panel, place
from kan_monitor.ink import Line
from kan_monitor.palette import styles
from kan_monitor.panels.layout import PanelName, Rect
from kan_monitor.sources.experiment import ExperimentSource
from kan_monitor.view import ViewOptions, build

COLUMNS, ROWS = 120, 40
FRAMES = 12
REFRESH_SECONDS = 0.5
Frames = dict[PanelName, list[list[Line]]]


def recorded(directory: str) -> tuple[Frames, dict[PanelName, Rect]]:
    """The panels of some looks at the run, and where they stand."""
    source = ExperimentSource(directory)
    curves, frames = Curves(source), dict[PanelName, list[list[Line]]]()
    for number in range(FRAMES):
        now = time.time()
        dashboard = build(source.poll(now), ViewOptions(), now=now, frame=number)
        series = dashboard.loss.series
        curves.refresh([series, "validation/loss"] if series else [])
        places = place(dashboard, COLUMNS, ROWS)
        for name, (_, _, width, height) in places.items():
            drawn = draw_panel(name, dashboard, curves, FrameOptions(), width, height)
            frames.setdefault(name, []).append(drawn)
        time.sleep(REFRESH_SECONDS)
    return frames, places


class Constant(Widget):
    """One panel: strips that were made beforehand."""

    def __init__(self, frames: list[list[Line]], rect: Rect) -> None:
        super().__init__()
        inks = styles("truecolor")
        there_and_back = [*frames, *frames[-2:0:-1]]
        made = [[Strip([Segment(span.text, inks[span.ink]) for span in line]) for line in frame] for frame in frames]
        order = [*made, *made[-2:0:-1]]
        pairs = pairwise(chain(there_and_back, there_and_back[:1]))
        self._changes = cycle(zip([*order[1:], order[0]], map(_regions, pairs), strict=True))
        self._strips = order[0]
        self.styles.position = "absolute"
        self.styles.offset = rect.x, rect.y
        self.styles.width, self.styles.height = rect.width, rect.height

    def go_on(self) -> None:
        """Shows the next frame."""
        self._strips, regions = next(self._changes)
        if regions:
            self.refresh(*regions)

    def render_line(self, y: int) -> Strip:
        """One line, as Textual wants it."""
        return self._strips[y]


def _regions(pair: tuple[list[Line], list[Line]]) -> list[Region]:
    """Where two frames differ."""
    changed = [_changed_cells(old, new, row) for row, (old, new) in enumerate(zip(*pair, strict=True))]
    return [region for region in changed if region is not None]


class ReplayApp(App[None]):
    """The panels, which change as those of the dashboard did."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, directory: str) -> None:
        super().__init__()
        frames, places = recorded(directory)
        self._panels = [Constant(frames[name], rect) for name, rect in places.items()]

    def compose(self) -> ComposeResult:
        """The panels."""
        yield from self._panels

    def on_mount(self) -> None:
        """Begins to go on."""
        self.set_interval(REFRESH_SECONDS, self.change)

    def change(self) -> None:
        """The next frame of every panel."""
        for panel in self._panels:
            panel.go_on()


if __name__ == "__main__":
    ReplayApp(sys.argv[1]).run()
