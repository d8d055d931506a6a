"""What all screens with charts have in common: the same keys, which hold for all charts of the run."""

from __future__ import annotations

from typing import ClassVar, Final, get_args

from textual import work
from textual.binding import Binding, BindingType
from textual.worker import get_current_worker

from kan_monitor.app.run_screen import RunScreen
from kan_monitor.viewport import ChartOptions, Extent, X, move_cursor, pan, reset, zoom

SMOOTHINGS: Final = (0.0, 0.6, 0.9, 0.99)
X_AXES: Final[tuple[X, ...]] = get_args(X)


class ChartScreen(RunScreen):
    """Changes how the charts of the session are drawn."""

    KEYS_OF = "charts"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "toggle_log", "log or linear axis"),
        Binding("s", "next_smoothing", "smoothing: raw, 0.6, 0.9, 0.99"),
        Binding("x", "next_x", "x axis: steps, time trained, clock"),
        Binding("plus,equals_sign", "zoom(0.5)", "zoom in, about the crosshair or now"),
        Binding("minus", "zoom(2)", "zoom out"),
        Binding("less_than_sign", "pan(-0.25)", "pan to the left"),
        Binding("greater_than_sign", "pan(0.25)", "pan to the right"),
        Binding("comma", "cursor(-1)", "crosshair to the left"),
        Binding("full_stop", "cursor(1)", "crosshair to the right"),
        Binding("semicolon", "cursor(-10)", "crosshair far to the left"),
        Binding("colon", "cursor(10)", "crosshair far to the right"),
        Binding("0", "reset", "everything, without a crosshair"),
    ]

    def action_toggle_log(self) -> None:
        """Switches the axes between logarithmic and linear."""
        chart = self._session.options.chart
        self.choose(chart._replace(log=not chart.log))

    def action_next_x(self) -> None:
        """Turns to the next x axis; what is shown and read stays."""
        chart = self._session.options.chart
        self.choose(self._session.curves.turned(chart, X_AXES[(X_AXES.index(chart.x) + 1) % len(X_AXES)]))

    def action_zoom(self, factor: float) -> None:
        """Shows a part that is `factor` times as wide."""
        self.choose(zoom(self._session.options.chart, self.extent, factor))

    def action_pan(self, share: float) -> None:
        """Moves the part that is shown, by a share of its width."""
        self.choose(pan(self._session.options.chart, self.extent, share))

    def action_cursor(self, dots: int) -> None:
        """Moves the crosshair by so many dots of the chart."""
        self.choose(move_cursor(self._session.options.chart, self.extent, dots, self.chart_columns()))

    def action_reset(self) -> None:
        """Shows everything."""
        self.choose(reset(self._session.options.chart))

    @property
    def extent(self) -> Extent:
        """What there is to be shown on the x axis."""
        total = self._session.dashboard.progress.step.whole.value
        return self._session.curves.extent(self._session.options.chart, None if total is None else int(total))

    def chart_columns(self) -> int:
        """How many dots wide the chart is that the crosshair moves over."""
        return 2 * max(1, self.app.size.width)

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
