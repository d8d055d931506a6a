"""The keys of charts, which mean the same on every screen that has some."""

from __future__ import annotations

from typing import ClassVar, Final, Protocol, get_args

from textual import work
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.worker import get_current_worker

from kan_monitor.viewport import ChartOptions, Extent, X, move_cursor, pan, reset, zoom

SMOOTHINGS: Final = (0.0, 0.6, 0.9, 0.99)
X_AXES: Final[tuple[X, ...]] = get_args(X)


class Charted(Protocol):
    """What charts are drawn from: the curves of a run, or those of several."""

    @property
    def are_short(self) -> bool:
        """Whether every curve is drawn from lists, so that nothing takes a while."""

    def prepare(self, smoothing: float) -> None:
        """Works out the averages of a weight ahead of the chart that shows them."""

    def turned(self, options: ChartOptions, x: X) -> ChartOptions:
        """The options with another x axis."""


class ChartKeys(Screen[None]):
    """A screen on which charts are zoomed, moved and read; what is charted, and how, a subclass says."""

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

    @property
    def chart(self) -> ChartOptions:
        """How the charts are drawn."""
        raise NotImplementedError

    @property
    def charted(self) -> Charted:
        """What they are drawn from."""
        raise NotImplementedError

    @property
    def extent(self) -> Extent:
        """What there is to be shown on the x axis."""
        raise NotImplementedError

    def choose(self, chart: ChartOptions) -> None:
        """Draws the charts so from now on."""
        raise NotImplementedError

    def chart_columns(self) -> int:
        """How many dots wide the chart is that the crosshair moves over."""
        return 2 * max(1, self.app.size.width)

    def action_toggle_log(self) -> None:
        """Switches the axes between logarithmic and linear."""
        self.choose(self.chart._replace(log=not self.chart.log))

    def action_next_x(self) -> None:
        """Turns to the next x axis; what is shown and read stays."""
        following = X_AXES[(X_AXES.index(self.chart.x) + 1) % len(X_AXES)]
        self.choose(self.charted.turned(self.chart, following))

    def action_zoom(self, factor: float) -> None:
        """Shows a part that is `factor` times as wide."""
        self.choose(zoom(self.chart, self.extent, factor))

    def action_pan(self, share: float) -> None:
        """Moves the part that is shown, by a share of its width."""
        self.choose(pan(self.chart, self.extent, share))

    def action_cursor(self, dots: int) -> None:
        """Moves the crosshair by so many dots of the chart."""
        self.choose(move_cursor(self.chart, self.extent, dots, self.chart_columns()))

    def action_reset(self) -> None:
        """Shows everything."""
        self.choose(reset(self.chart))

    def action_next_smoothing(self) -> None:
        """Smooths more, or not at all after the most."""
        following = SMOOTHINGS[(SMOOTHINGS.index(self.chart.smoothing) + 1) % len(SMOOTHINGS)]
        if self.charted.are_short:
            self._smooth(following)
        else:
            self._smooth_beside(self.charted, following)

    def _smooth(self, weight: float) -> None:
        self.choose(self.chart._replace(smoothing=weight))

    @work(thread=True, exclusive=True, group="smoothing")
    def _smooth_beside(self, charted: Charted, weight: float) -> None:
        """Smooths long series beside the screen, and then shows them."""
        charted.prepare(weight)
        if not get_current_worker().is_cancelled:
            self.app.call_from_thread(self._smooth, weight)
