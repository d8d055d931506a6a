"""The Kolmogorov-Arnold network of the run: the functions on its edges, while it learns them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType

from kan_monitor.app.session import Session
from kan_monitor.app.view_screen import ViewScreen
from kan_monitor.dashboard import EdgeView, NetworkView
from kan_monitor.ink import Ink, Line
from kan_monitor.panels import network as panel
from kan_monitor.panels.network import Chosen, Place, Plan, plan_of
from kan_monitor.view.network import edge_views
from kan_shared.network import Network

_WHEEL_SHELVES: Final = 1


class View(ViewScreen):
    """Its layers below each other; one of the edges is chosen, by which unit it comes from and goes to."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", "the edge before"),
        Binding("right", "move(1)", "the next edge"),
        Binding("up", "move_shelf(-1)", "a row of edges up"),
        Binding("down", "move_shelf(1)", "a row of edges down"),
        Binding("pageup", "page(-1)", "a page up"),
        Binding("pagedown", "page(1)", "a page down"),
        Binding("left_square_bracket", "layer(-1)", "the layer before"),
        Binding("right_square_bracket", "layer(1)", "the next layer"),
        Binding("enter", "enlarge", "the chosen edge alone, and back"),
        Binding("s", "scale", "one scale for a layer, or one for each edge"),
    ]
    keys = (("←→↑↓", "edge"), ("[]", "layer"), ("enter", "enlarge"), ("s", "scale"))

    def __init__(self, session: Session, inks: Mapping[Ink, Style]) -> None:
        super().__init__(session, inks)
        self._network: Network | None = None
        self._edges: list[tuple[EdgeView, ...]] = []
        self._chosen = Chosen()
        self._drawn: tuple[object, list[Line]] = (None, [])

    def show_news(self) -> None:
        """Takes in what was learned since; the edge that is chosen stays the same, wherever it stands now."""
        session = self._session
        if self._network is None or not session.options.frozen:
            self._take(session.facts.network)
        super().show_news()

    def draw_view(self, width: int, height: int) -> list[Line]:
        """The panel; the same as before where all that it is drawn from is."""
        view, alerts = self._view(), self._session.dashboard.alerts
        self._chosen = self._in_sight(width, height)
        key = (id(self._network), view, alerts, self._chosen, width, height)
        if key != self._drawn[0]:
            self._drawn = key, panel.draw(view, self._edges, alerts, self._chosen, width, height)
        return self._drawn[1]

    def _view(self) -> NetworkView | None:
        return self._session.dashboard.network if self._network else None

    def _take(self, network: Network | None) -> None:
        if network is self._network:
            return
        before, place = self._network, self._chosen.place
        self._network = network
        self._edges = [edge_views(network, at) for at in range(len(network.layers))] if network else []
        if before is not None and network is not None:
            self._choose(_found_again(before, network, place))

    def _plan(self, width: int, height: int) -> Plan | None:
        view = self._view()
        if view is None:
            return None
        return plan_of(view, self._edges, self._session.dashboard.alerts, width, height)

    def _in_sight(self, width: int, height: int) -> Chosen:
        """What is chosen, scrolled to where it can be seen."""
        plan, chosen = self._plan(width, height), self._chosen
        return chosen._replace(top=plan.top_for(chosen.place, chosen.top)) if plan else Chosen()

    def _choose(self, place: Place) -> None:
        self._chosen = self._chosen._replace(place=place)

    def _all(self) -> list[Place]:
        return [Place(layer, rank) for layer, edges in enumerate(self._edges) for rank in range(len(edges))]

    def action_move(self, by: int) -> None:
        """Chooses another edge, in the order in which they stand."""
        places = self._all()
        if places:
            at = places.index(self._chosen.place) if self._chosen.place in places else 0
            self._choose(places[min(len(places) - 1, max(0, at + by))])
            self.draw()

    def action_move_shelf(self, by: int) -> None:
        """Chooses the edge above or below."""
        plan = self._plan(self.app.size.width, self.app.size.height - 2)
        if plan is None or not plan.shelves:
            return
        if self._chosen.enlarged:
            self.action_move(by)
            return
        place, at = self._chosen.place, plan.shelf_of(self._chosen.place)
        column = place.rank - plan.shelves[at].first
        shelf = plan.shelves[min(len(plan.shelves) - 1, max(0, at + by))]
        self._choose(Place(shelf.layer, shelf.first + min(column, shelf.length - 1)))
        self.draw()

    def action_page(self, by: int) -> None:
        """Goes as many rows of edges as fit."""
        plan = self._plan(self.app.size.width, self.app.size.height - 2)
        if plan is not None:
            self.action_move_shelf(by * max(1, (self.app.size.height - 6) // plan.cell[1]))

    def action_layer(self, by: int) -> None:
        """Chooses the most important edge of another layer."""
        if self._edges:
            layer = min(len(self._edges) - 1, max(0, self._chosen.place.layer + by))
            plan = self._plan(self.app.size.width, self.app.size.height - 2)
            self._chosen = self._chosen._replace(place=Place(layer, 0), top=plan.heads[layer] if plan else 0)
            self.draw()

    def action_enlarge(self) -> None:
        """Shows the chosen edge alone, or all of them again."""
        if any(self._edges):
            self._chosen = self._chosen._replace(enlarged=not self._chosen.enlarged)
            self.draw()

    def action_scale(self) -> None:
        """Draws the edges of a layer on one scale, or each on its own."""
        self._chosen = self._chosen._replace(one_scale=not self._chosen.one_scale)
        self.draw()

    def action_back(self) -> None:
        """Leaves the edge that is alone, then the view."""
        if self._chosen.enlarged:
            self.action_enlarge()
        else:
            super().action_back()

    def on_mouse_scroll_down(self, _: events.MouseScrollDown) -> None:
        """The wheel goes down."""
        self.action_move_shelf(_WHEEL_SHELVES)

    def on_mouse_scroll_up(self, _: events.MouseScrollUp) -> None:
        """The wheel goes up."""
        self.action_move_shelf(-_WHEEL_SHELVES)


def _found_again(before: Network, now: Network, place: Place) -> Place:
    """Where an edge stands that may matter more or less than it did; the first one where it is not told of any more."""
    if place.layer >= min(len(before.layers), len(now.layers)):
        return Place(0, 0)
    edges = before.layers[place.layer].edges
    if place.rank >= len(edges):
        return Place(place.layer, 0)
    wanted = edges[place.rank]
    ranks = (
        rank
        for rank, edge in enumerate(now.layers[place.layer].edges)
        if (edge.source, edge.target) == (wanted.source, wanted.target)
    )
    return Place(place.layer, next(ranks, 0))
