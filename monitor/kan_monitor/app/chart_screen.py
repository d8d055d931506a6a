"""What all screens with charts have in common: the same keys, which hold for all charts of the run."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import work
from textual.binding import Binding, BindingType
from textual.worker import get_current_worker

from kan_monitor.app.run_screen import RunScreen
from kan_monitor.curves import ChartOptions

SMOOTHINGS: Final = (0.0, 0.6, 0.9, 0.99)


class ChartScreen(RunScreen):
    """Changes how the charts of the session are drawn."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "toggle_log", "log or linear axis"),
        Binding("s", "next_smoothing", "smoothing: raw, 0.6, 0.9, 0.99"),
    ]

    def action_toggle_log(self) -> None:
        """Switches the axes between logarithmic and linear."""
        chart = self._session.options.chart
        self.choose(chart._replace(log=not chart.log))

    def action_next_smoothing(self) -> None:
        """Smooths more, or not at all after the most."""
        smoothing = self._session.options.chart.smoothing
        following = SMOOTHINGS[(SMOOTHINGS.index(smoothing) + 1) % len(SMOOTHINGS)]
        if self._session.curves.are_short:
            self._set_smoothing(following)
        else:
            self._smooth_beside(following)

    def choose(self, chart: ChartOptions) -> None:
        """Draws all charts so, on this screen and on any other."""
        self._session.choose(chart)
        self.draw()

    def _set_smoothing(self, weight: float) -> None:
        self.choose(self._session.options.chart._replace(smoothing=weight))

    @work(thread=True, exclusive=True, group="smoothing")
    def _smooth_beside(self, weight: float) -> None:
        """Smooths long series beside the screen, and then shows them."""
        self._session.curves.prepare(weight)
        if not get_current_worker().is_cancelled:
            self.app.call_from_thread(self._set_smoothing, weight)
