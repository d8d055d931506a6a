"""Several runs side by side."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType

from kan_monitor.app.changed_cells import CellCompositor
from kan_monitor.app.chart_keys import ChartKeys
from kan_monitor.app.intake import Intake, Taken
from kan_monitor.app.panel import Panel
from kan_monitor.charts.chart import columns_of
from kan_monitor.ink import Ink
from kan_monitor.overlay import Overlay
from kan_monitor.panels import compare
from kan_monitor.panels.compare import CompareOptions
from kan_monitor.runs.comparison import Comparison
from kan_monitor.view.compare import CompareView, Ranking
from kan_monitor.viewport import ChartOptions, Extent


class CompareScreen(ChartKeys):
    """The runs in `places`, numbered as they come."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "metric(1)", "next metric"),
        Binding("M", "metric(-1)", "previous metric"),
        Binding("o", "rank", "rank by best or smoothed value"),
        Binding("a", "all_keys", "all keys of the config, or those that differ"),
        Binding("up,k", "scroll(-1)", "config: up"),
        Binding("down,j", "scroll(1)", "config: down"),
        Binding("pageup", "page(-1)", "config: a page up"),
        Binding("pagedown", "page(1)", "config: a page down"),
        Binding("left", "runs(-1)", "config: runs to the left"),
        Binding("right", "runs(1)", "config: runs to the right"),
        Binding("escape,c,r", "back", "back to the list"),
    ]

    def __init__(
        self,
        places: Sequence[Path],
        inks: Mapping[Ink, Style],
        *,
        refresh_seconds: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__()
        self._compositor = CellCompositor()
        self._inks = inks
        self._refresh_seconds = refresh_seconds
        self._clock = clock
        self._comparison = Comparison(places)
        self._metric: str | None = None
        self._overlay = Overlay((), "")
        self._intake = Intake(self.post_message)
        self._ranking: Ranking = "best"
        self._all_keys = False
        self._options = CompareOptions(utc_offset_seconds=time.localtime(clock()).tm_gmtoff)

    def compose(self) -> Iterator[Panel]:
        """One panel over the whole screen."""
        yield Panel(self._inks, id="runs")

    def on_mount(self) -> None:
        """Looks at once, then at regular intervals."""
        self._look()
        self.set_interval(self._refresh_seconds, self._tick)

    def on_unmount(self) -> None:
        """Takes nothing in any more."""
        self._intake.stop()

    def on_taken(self, taken: Taken) -> None:
        """Draws a long series exactly."""
        taken.stop()
        self._intake.adopt(taken)
        self._draw()

    def on_resize(self, _: events.Resize) -> None:
        """Draws for the new size."""
        self._draw()

    def on_mouse_scroll_down(self, _: events.MouseScrollDown) -> None:
        """The wheel moves the config."""
        self.action_scroll(3)

    def on_mouse_scroll_up(self, _: events.MouseScrollUp) -> None:
        """The wheel moves the config."""
        self.action_scroll(-3)

    def action_metric(self, by: int) -> None:
        """Compares by another metric."""
        metrics = self._comparison.metrics
        if metrics:
            at = metrics.index(self._metric) if self._metric in metrics else -by
            self._take_up(metrics[(at + by) % len(metrics)])
            self._look()

    def action_rank(self) -> None:
        """Ranks by the other value."""
        self._ranking = "smoothed" if self._ranking == "best" else "best"
        self._draw()

    def action_all_keys(self) -> None:
        """Shows all keys of the configs, or only those that differ."""
        self._all_keys = not self._all_keys
        self._choose(self._options._replace(first_key=0))

    def action_scroll(self, by: int) -> None:
        """Moves the config under its heading."""
        last = len(self._view().config) - compare.config_rows(self._view(), *self.app.size)
        self._choose(self._options._replace(first_key=max(0, min(self._options.first_key + by, last))))

    def action_page(self, by: int) -> None:
        """Moves the config by as much as is on the screen."""
        self.action_scroll(by * max(1, compare.config_rows(self._view(), *self.app.size)))

    def action_runs(self, by: int) -> None:
        """Moves the config sideways, where not all runs have room."""
        last = len(self._comparison.runs) - 1
        self._choose(self._options._replace(first_run=max(0, min(self._options.first_run + by, last))))

    def action_back(self) -> None:
        """Goes back to the list."""
        self.dismiss()

    @property
    def chart(self) -> ChartOptions:
        """How the chart is drawn."""
        return self._options.chart

    @property
    def charted(self) -> Overlay:
        """The runs' curves."""
        return self._overlay

    @property
    def extent(self) -> Extent:
        """What there is to be shown on the x axis."""
        return self._overlay.extent(self.chart)

    def choose(self, chart: ChartOptions) -> None:
        """Draws the chart so."""
        self._choose(self._options._replace(chart=chart))

    def chart_columns(self) -> int:
        """The dots of the chart."""
        return columns_of(compare.chart_width(self._view(), *self.app.size))

    def _choose(self, options: CompareOptions) -> None:
        self._options = options
        self._draw()

    def _tick(self) -> None:
        """Looks, unless another screen hides this one."""
        if self.is_current or self.app.screen.is_modal:
            self._look()

    def _look(self) -> None:
        """Reads what has changed, and draws it."""
        self._comparison.look()
        metrics = self._comparison.metrics
        if self._metric is None and metrics:
            self._take_up(metrics[0])
        self._overlay.refresh()
        self._draw()
        wanted = self._overlay.wanting_pyramids()
        if wanted:  # once what is here already is on the screen
            self.call_after_refresh(self._intake.want, wanted, self.chart.smoothing)

    def _take_up(self, metric: str) -> None:
        self._metric, self._overlay = metric, Overlay(self._comparison.places, metric)
        self._intake.forget()

    def _view(self) -> CompareView:
        return self._comparison.view(self._metric or "", self._ranking, self._clock(), all_keys=self._all_keys)

    def _draw(self) -> None:
        lines = compare.draw(self._view(), self._overlay if self._metric else None, self._options, *self.app.size)
        self.query_one("#runs", Panel).show(lines)
