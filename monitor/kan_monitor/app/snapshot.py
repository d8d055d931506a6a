"""Exactly what is on the screen, as a file: a picture for a report, or text for a mail."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from rich.style import Style
from textual.screen import Screen

from kan_monitor.app.panel import Panel
from kan_monitor.dashboard import Dashboard
from kan_monitor.exporting.file import save_frame
from kan_monitor.exporting.frame_svg import frame_svg
from kan_monitor.exporting.frame_text import frame_text
from kan_monitor.frame import paste
from kan_monitor.ink import Ink, Line


def lines_on(screen: Screen[object]) -> list[Line]:
    """The lines of all panels, each at its place."""
    width, height = screen.size
    rows: list[list[tuple[int, Line]]] = [[] for _ in range(height)]
    for panel in screen.query(Panel):
        for y, line in enumerate(panel.lines if panel.display else []):
            if panel.region.y + y < height:
                rows[panel.region.y + y].append((panel.region.x, line))
    return [paste(row, width) for row in rows]


def save(
    screen: Screen[object],
    kind: Literal["svg", "text"],
    inks: Mapping[Ink, Style],
    dashboard: Dashboard,
) -> Path:
    """Saves what is on the screen under a name of its own where the monitor was started; says which.

    Raises:
        OSError: It could not be written.
    """
    lines, step = lines_on(screen), dashboard.progress.step.figure.value
    text = frame_svg(lines, inks) if kind == "svg" else frame_text(lines, inks, "none")
    suffix = "svg" if kind == "svg" else "txt"
    return save_frame(Path.cwd(), dashboard.header.name, None if step is None else int(step), suffix, text)
