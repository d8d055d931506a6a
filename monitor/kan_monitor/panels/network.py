"""A network, layer below layer: its grid, what it is given, and its edges as small curves, the most important first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from kan_monitor.charts.axis import Scale
from kan_monitor.dashboard import AlertView, EdgeView, LayerView, NetworkView
from kan_monitor.ink import Line, Span
from kan_monitor.panels.edges import common_scale, large, scale_of, small, strip
from kan_monitor.panels.frame import framed, inner_size
from kan_monitor.panels.lines import figure, fit, ink_of, joined, stack, warning, width_of, wrap_words
from kan_monitor.text import count

#: Cells of an edge, its title with them, from which on the screen takes the largest that shows all edges at once.
_SIZES: Final = ((46, 11), (36, 9), (28, 7), (22, 6), (17, 5), (14, 4))
_GAP: Final = 2
#: An edge is no higher than this part of its width.
_STEEPEST: Final = 0.45
#: What stands above the edges of a layer: what it is, and what it is given.
_HEAD_ROWS: Final = 2
_STRIP: Final = 28
_NOTHING: Final = (
    "this run shows no Kolmogorov–Arnold network; kan-train's networks do, and so does any with a"
    " kan_trainer.kan.NetworkWatch."
)


class Place(NamedTuple):
    """An edge: which layer it is in, and how many of that matter more."""

    layer: int
    rank: int


class Shelf(NamedTuple):
    """Edges of one layer beside each other: which, and in which row of the whole they begin."""

    layer: int
    first: int
    length: int
    row: int


class Plan(NamedTuple):
    """Where everything stands in a panel: rows counted from the top of it all, of which `height` are seen at a time."""

    shelves: tuple[Shelf, ...]
    #: The rows that layers begin in.
    heads: tuple[int, ...]
    columns: int
    cell: tuple[int, int]
    rows: int
    height: int

    def shelf_of(self, place: Place) -> int:
        """Which shelf an edge is on."""
        return next(
            (at for at, shelf in enumerate(self.shelves)
             if shelf.layer == place.layer and shelf.first <= place.rank < shelf.first + shelf.length), 0,
        )  # fmt: skip

    def top_for(self, place: Place, top: int) -> int:
        """The row to begin with so that an edge is seen, and the head of its layer with its first ones: `top`, unless
        that will not do."""
        if not self.shelves:
            return 0
        shelf = self.shelves[self.shelf_of(place)]
        first = self.heads[shelf.layer] if shelf.first == 0 else shelf.row
        lowest = min(shelf.row + self.cell[1] + 1, self.rows) - self.height  # with the note that may stand below it
        return max(0, min(max(top, lowest), first, max(0, self.rows - self.height)))


def plan(counts: Sequence[int], notes: Sequence[bool], width: int, height: int) -> Plan:
    """The plan of layers with so many edges, below which a note may stand, in a panel's inside of that size: the
    largest edges of which all are seen, or the smallest."""
    sizes = ((wide, high) for wide, low in _SIZES for high in range(max(low, round(wide * _STEEPEST)), low - 1, -1))
    choices = ((size, air) for size in sizes for air in (1, 0) if size[0] <= width)
    fitting = (choice for choice in choices if _rows(counts, notes, _columns(width, choice[0]), *choice) <= height)
    size, air = next(fitting, (_SIZES[-1], 0))
    columns = _columns(width, size)
    shelves, heads, row = list[Shelf](), list[int](), 0
    for layer, (edges, note) in enumerate(zip(counts, notes, strict=True)):
        heads.append(row)
        row += _HEAD_ROWS + air
        for first in range(0, edges, columns):
            shelves.append(Shelf(layer, first, min(columns, edges - first), row))
            row += size[1]
        row += note + 1  # and a row of air
    cell = (max(1, (width + _GAP) // columns - _GAP), size[1])
    return Plan(tuple(shelves), tuple(heads), columns, cell, row - 1, height)


def _columns(width: int, size: tuple[int, int]) -> int:
    return max(1, (width + _GAP) // (size[0] + _GAP))


def _rows(counts: Sequence[int], notes: Sequence[bool], columns: int, size: tuple[int, int], air: int) -> int:
    """The rows of all layers, with one of air between them."""
    shelves = sum(-(-edges // columns) for edges in counts)
    return shelves * size[1] + len(counts) * (_HEAD_ROWS + air + 1) + sum(notes) - 1


class Chosen(NamedTuple):
    """What the one who looks has chosen.

    Attributes:
        place: An edge.
        top: The first row that is seen.
        enlarged: That edge alone.
        one_scale: All edges of a layer on one scale, to be compared; otherwise each on its own, to be recognised.
    """

    place: Place = Place(0, 0)
    top: int = 0
    enlarged: bool = False
    one_scale: bool = False


def plan_of(
    view: NetworkView, edges: Sequence[Sequence[EdgeView]], alerts: Sequence[AlertView], width: int, height: int
) -> Plan:
    """The plan of a network in a frame of that size, below what is wrong with it."""
    inner_width, inner_height = inner_size(width, height)
    notes = [layer.left_out > 0 for layer in view.layers]
    room = max(1, inner_height - len(warnings(alerts, inner_width)))
    return plan([len(some) for some in edges], notes, inner_width, room)


def draw(
    view: NetworkView | None,
    edges: Sequence[Sequence[EdgeView]],
    alerts: Sequence[AlertView],
    chosen: Chosen,
    width: int,
    height: int,
) -> list[Line]:
    """The panel at exactly `width` × `height` cells; `edges` are those of each layer."""
    inner_width, inner_height = inner_size(width, height)
    if view is None:
        sentence = [[Span(line, "label")] for line in wrap_words(_NOTHING, inner_width)]
        return framed(sentence, width, height, title="KAN")
    said = warnings(alerts, inner_width)
    room = max(0, inner_height - len(said))
    more = False
    if chosen.enlarged:
        lines = _enlarged(view, edges, chosen.place, inner_width, room)
    else:
        whole = plan_of(view, edges, alerts, width, height)
        lines = list(_window(view, edges, whole, chosen, inner_width, room))
        more = chosen.top + room < whole.rows
    return framed([*said, *lines], width, height, title=f"KAN {view.shape}", note=_note(view, chosen, more=more))


def warnings(alerts: Sequence[AlertView], width: int) -> list[Line]:
    """What is wrong with the network, and what to do about it."""
    about = [alert for alert in alerts if alert.kind == "coverage" and not alert.over]
    lines = [line for alert in about for line in _warning(alert, width)]
    return [*lines, []] if lines else []


def _warning(alert: AlertView, width: int) -> list[Line]:
    """In a line, or in two; the evidence stands beside the layer."""
    ink = ink_of(alert.severity, "plain")
    what: Line = [Span(f"{alert.mark} {alert.verdict}", ink)]
    to_do: Line = [Span(f"→ {alert.action}")]
    together: Line = [*what, Span("  "), *to_do]
    return [together] if width_of(together) <= width else [fit(what, width), fit([Span("  "), *to_do], width)]


def _note(view: NetworkView, chosen: Chosen, *, more: bool) -> str:
    scale = "one scale a layer" if chosen.one_scale else ""
    parts = (scale, view.arithmetic, f"step {view.step.text}", "more ↓" if more else "")
    return " · ".join(filter(None, parts))


def _window(
    view: NetworkView, edges: Sequence[Sequence[EdgeView]], whole: Plan, chosen: Chosen, width: int, height: int
) -> Iterator[Line]:
    """The rows that are seen; no edge that is not costs anything."""
    rows: dict[int, Line] = {}
    common = [common_scale(some) for some in edges]
    top, bottom = chosen.top, chosen.top + height
    for layer, row in zip(view.layers, whole.heads, strict=True):
        if row + _HEAD_ROWS > top and row < bottom:
            rows |= {row: head(layer, width), row + 1: given(layer, width)}
    for shelf in whole.shelves:
        if shelf.row + whole.cell[1] > top and shelf.row < bottom:
            rows |= dict(enumerate(_shelf(view, edges, whole, shelf, chosen, common[shelf.layer]), shelf.row))
            layer = view.layers[shelf.layer]
            if layer.left_out and shelf.first + shelf.length == len(edges[shelf.layer]):
                rows[shelf.row + whole.cell[1]] = [Span(left_out(layer), "label")]
    return (rows.get(row, []) for row in range(top, bottom))


def _shelf(
    view: NetworkView,
    edges: Sequence[Sequence[EdgeView]],
    whole: Plan,
    shelf: Shelf,
    chosen: Chosen,
    common: Scale,
) -> Iterator[Line]:
    """Edges beside each other."""
    layer, of_layer = view.layers[shelf.layer], edges[shelf.layer]
    drawn = []
    for rank in range(shelf.first, shelf.first + shelf.length):
        scale: Scale = common if chosen.one_scale else scale_of(of_layer[rank], common)
        is_chosen = chosen.place == (shelf.layer, rank)
        drawn.append(small(of_layer[rank], layer, scale, *whole.cell, chosen=is_chosen))
    for cells in zip(*drawn, strict=True):
        yield [span for cell in cells for span in (*cell, Span(" " * _GAP))][:-1]


def head(layer: LayerView, width: int) -> Line:
    """What a layer is."""
    parts: list[Line] = [
        [Span(layer.name, "title"), Span("  "), Span(layer.shape, "strong")],
        [Span(layer.grid, "label")],
        [Span(layer.functions, "label")],
        [Span(f"{count(layer.edge_count)} edges", "label")],
    ]
    return fit(joined(parts, width, gap=3), width)


def given(layer: LayerView, width: int) -> Line:
    """What a layer is given, and how much of that lies on its grid."""
    covered: Line = [*figure(layer.coverage, ink="plain"), Span(" on the grid", "label")]
    word: Line = [Span("!", ink_of(layer.coverage.severity)), *warning(layer.coverage)]
    parts = [strip(layer, min(_STRIP, max(1, width // 3))), covered, word if len(word) > 1 else []]
    return fit(joined([part for part in [*parts, [Span(layer.spread, "label")]] if part], width, gap=3), width)


def left_out(layer: LayerView) -> str:
    """How many edges matter less than those that are shown."""
    return f"and {count(layer.left_out)} edges that matter less"


def _enlarged(
    view: NetworkView, edges: Sequence[Sequence[EdgeView]], place: Place, width: int, height: int
) -> list[Line]:
    """One edge with its axes."""
    layer, edge = view.layers[place.layer], edges[place.layer][place.rank]
    of_all = f"{count(place.rank + 1)} of {count(layer.edge_count)} by what it matters"
    says: Line = [
        Span(f"φ {edge.name}", "title"),
        Span("   "),
        *figure(edge.share),
        Span(" of the outputs", "label"),
        Span(f"   {layer.name}, {of_all}", "label"),
    ]
    heads = [fit(says, width), given(layer, width), []]
    return stack([*heads, *large(edge, layer, width, max(0, height - len(heads)))], width, height)
