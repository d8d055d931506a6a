"""What all screens with charts of the run have in common: a choice on one of them holds for all."""

from __future__ import annotations

from kan_monitor.app.chart_keys import ChartKeys
from kan_monitor.app.run_screen import RunScreen
from kan_monitor.curves import Curves
from kan_monitor.viewport import ChartOptions, Extent


class ChartScreen(ChartKeys, RunScreen):
    """Changes how the charts of the session are drawn."""

    @property
    def chart(self) -> ChartOptions:
        """How all charts of the session are drawn."""
        return self._session.options.chart

    @property
    def charted(self) -> Curves:
        """The curves of the run."""
        return self._session.curves

    @property
    def extent(self) -> Extent:
        """What there is to be shown on the x axis."""
        total = self._session.dashboard.progress.step.whole.value
        return self._session.curves.extent(self.chart, None if total is None else int(total))

    def choose(self, chart: ChartOptions) -> None:
        """Draws all charts so, on this screen and on any other."""
        self._session.choose(chart)
        self.draw()
