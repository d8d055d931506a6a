"""The hardware of the run on a screen of its own: every GPU and rank, and how they did over time."""

from __future__ import annotations

from kan_monitor.app.view_screen import ViewScreen
from kan_monitor.ink import Line
from kan_monitor.panels import hardware


class View(ViewScreen):
    """The hardware panel with all the room there is."""

    def draw_view(self, width: int, height: int) -> list[Line]:
        """The panel."""
        return hardware.draw(self._session.dashboard.hardware, width, height)
