"""The dashboard's screen: places the panels, draws those that changed, and takes the keys that are its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, Final

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType

from kan_monitor.app.chart_screen import ChartScreen
from kan_monitor.app.panel import Panel
from kan_monitor.app.places import Places
from kan_monitor.app.session import Session
from kan_monitor.charts.chart import columns_of
from kan_monitor.charts.frame import Frame
from kan_monitor.frame import FOCUSABLE, PANELS, FrameOptions, charted, draw_panel, drawn_from, place
from kan_monitor.ink import Ink
from kan_monitor.panels.frame import inner_size
from kan_monitor.panels.layout import Layout, PanelName
from kan_monitor.viewport import place_at, zoom

#: The panel's edge, and a column of air.
_LEFT_OF_CHART: Final = 2


class DashboardScreen(ChartScreen):
    """One run at a glance."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "focus_panel(1)", "next panel"),
        Binding("shift+tab", "focus_panel(-1)", "previous panel"),
        Binding("enter", "toggle_zoom", "the focused panel alone, and back"),
        Binding("escape", "unzoom", "all panels", show=False),
        Binding("left_square_bracket", "sample(-1)", "the sample before"),
        Binding("right_square_bracket", "sample(1)", "the next sample; from the end on the newest"),
        Binding("right_curly_bracket", "newest_sample", "the newest sample, and those that will come"),
    ]

    def __init__(self, session: Session, inks: Mapping[Ink, Style]) -> None:
        super().__init__(session, inks)
        self._zoomed = False
        self._placed: Layout = {}
        self._drawn_from: dict[PanelName, object] = {}
        self._places = Places(self.places)

    @property
    def layout(self) -> Places:
        """The dashboard's own layout."""
        return self._places

    def compose(self) -> Iterator[Panel]:
        """The panels."""
        for name in PANELS:
            yield Panel(self._inks, id=name)

    def series_names(self) -> list[str]:
        """Those of the loss chart and of the charts beside it, if these are on the screen."""
        series, size = self._session.dashboard.loss.series, self.app.size
        shown = "loss" in self.places(*size)
        return [*([series, "validation/loss"] if series and shown else []), *self._beside(*size)]

    def _beside(self, width: int, height: int) -> tuple[str, ...]:
        """The series that have charts beside the loss."""
        session = self._session
        if self._zoomed:
            return ()
        return charted(session.dashboard, session.source.series_names, width, height, pinned=session.pinned)

    def draw(self, *only: PanelName) -> bool:
        """Draws all panels, or some; whether any of them changed."""
        session, changed = self._session, False
        self._place_panels()
        options = session.options._replace(beside=self._beside(*self.app.size))
        for name, (_, _, width, height) in self._placed.items():
            if (not only or name in only) and self._is_new(name, options, width, height):
                lines = draw_panel(name, session.dashboard, session.curves, options, width, height)
                changed |= self.query_one(f"#{name}", Panel).show(lines)
        return changed

    def _is_new(self, name: PanelName, options: FrameOptions, width: int, height: int) -> bool:
        """Whether a panel may look otherwise than it was drawn last."""
        session = self._session
        key = width, height, drawn_from(name, session.dashboard, session.curves, options)
        before, self._drawn_from[name] = self._drawn_from.get(name), key
        return key != before

    def draw_frame_number(self) -> None:
        """Draws the line that the number of the frame stands in."""
        self.draw("status")

    def chart_columns(self) -> int:
        """The dots of the loss chart."""
        return columns_of(self._chart_width())

    def _chart_width(self) -> int:
        return inner_size(self._placed["loss"].width if "loss" in self._placed else self.app.size.width, 0)[0]

    def on_click(self, event: events.Click) -> None:
        """A click focuses the panel under it; in the loss chart it also puts the crosshair there."""
        name = event.widget.id if event.widget is not None else None
        if name in FOCUSABLE:
            self._focus_on(name)
        if name == "loss":
            self._point_at(event.x)

    def _point_at(self, x: int) -> None:
        frame = Frame.of(self._chart_width(), 0)
        cell = x - _LEFT_OF_CHART - frame.gutter
        chart = self._session.options.chart
        if 0 <= cell < frame.width:
            self.choose(chart._replace(cursor=place_at(chart, self.extent, cell, frame.width)))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel over the chart zooms in."""
        self._zoom_at(event, 0.8)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel over the chart zooms out."""
        self._zoom_at(event, 1.25)

    def _zoom_at(self, event: events.MouseEvent, factor: float) -> None:
        frame = Frame.of(self._chart_width(), 0)
        if event.widget is not None and event.widget.id == "loss" and frame.width:
            chart = self._session.options.chart
            about = place_at(chart, self.extent, event.x - _LEFT_OF_CHART - frame.gutter, frame.width)
            self.choose(zoom(chart, self.extent, factor, about))

    def places(self, width: int, height: int) -> Layout:
        """Where the panels stand on a screen of that size."""
        session = self._session
        zoomed = session.options.focus if self._zoomed else None
        return place(session.dashboard, width, height, zoomed=zoomed, charts=bool(self._beside(width, height)))

    def action_focus_panel(self, direction: int) -> None:
        """Moves the focus over the panels that are on the screen; to any other where one has all of it."""
        shown = [name for name in FOCUSABLE if self._zoomed or name in self._placed]
        focus = self._session.options.focus
        index = shown.index(focus) + direction if focus in shown else (0 if direction > 0 else -1)
        self._focus_on(shown[index % len(shown)])

    def action_toggle_zoom(self) -> None:
        """Gives the focused panel the whole screen, or gives it back."""
        self._zoomed = not self._zoomed and self._session.options.focus is not None
        self.show_news()

    def action_unzoom(self) -> None:
        """Gives the screen back to all panels."""
        if self._zoomed:
            self.action_toggle_zoom()

    def action_sample(self, by: int) -> None:
        """Shows another of the last samples."""
        self._session.step_sample(by)
        self.draw()

    def action_newest_sample(self) -> None:
        """Shows the newest sample, and those that will come."""
        self.action_sample(len(self._session.facts.samples))

    def _focus_on(self, name: PanelName) -> None:
        self._session.options = self._session.options._replace(focus=name)
        self.draw()

    def _place_panels(self) -> None:
        """Places the panels anew where the screen, the run or the user wants them elsewhere."""
        places = self.places(*self.app.size)
        if places == self._placed:
            return
        self._placed = places
        for panel in self.query(Panel):
            panel.display = panel.id in places
            panel.refresh(layout=True)  # of the panel: a screen keeps its arrangement until a child asks for another
