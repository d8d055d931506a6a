"""How a network is drawn: every edge where it belongs, in its own cells, and the chosen one always to be seen."""

from __future__ import annotations

import math

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from kan_monitor.ink import plain_text
from kan_monitor.panels.edges import common_scale, large, scale_of, small, strip
from kan_monitor.panels.lines import width_of
from kan_monitor.panels.network import Chosen, Place, draw, plan, plan_of
from kan_monitor.sources.facts import Facts
from kan_monitor.view.network import edge_views, network_view
from kan_shared.network import Network

from .networks import layer, leaving, network, wide
from .seeing import see


def drawn(whole: Network, width: int = 120, height: int = 32, chosen: Chosen | None = None) -> str:
    dashboard = see(network=whole)
    edges = [edge_views(whole, at) for at in range(len(whole.layers))]
    return plain_text(draw(dashboard.network, edges, dashboard.alerts, chosen or Chosen(), width, height))


class TestThePanel:
    def test_shows_every_edge_of_a_small_network_layer_by_layer(self):
        text = drawn(network())
        names = [edge.name for at in range(2) for edge in edge_views(network(), at)]
        assert len(names) == 15 and all(name in text for name in names)
        assert text.index("layer 1") < text.index("x2→h5") < text.index("layer 2") < text.index("h5→y1")
        assert "native on cpu" in text and "99.8 % on the grid" in text

    def test_says_what_leaves_the_grid_and_what_to_do(self):
        first, *_ = drawn(leaving()).splitlines()[1:]
        assert "! 7 in 10 inputs of layer 2 leave its grid  → use --update-grid-every=100" in first
        assert "27 % on the grid   ! low" in drawn(leaving())

    def test_in_a_narrow_one_that_takes_two_lines(self):
        first, second, *_ = drawn(leaving(), width=70).splitlines()[1:]
        assert "leave its grid" in first and "→ use --update-grid-every" in second

    def test_says_how_many_edges_it_leaves_out(self):
        whole = wide()
        edges = [edge_views(whole, at) for at in range(2)]
        found = plan_of(network_view(Facts(place="x", network=whole)), edges, (), 120, 32)
        text = drawn(whole, chosen=Chosen(Place(0, 63), top=found.top_for(Place(0, 63), 0)))
        assert "and 960 edges that matter less" in text
        assert "more ↓" in text

    def test_without_a_network_says_so_in_a_sentence(self):
        assert "this run shows no Kolmogorov–Arnold network" in plain_text(draw(None, [], (), Chosen(), 120, 30))

    def test_one_edge_alone_has_axes_and_says_what_it_matters(self):
        text = drawn(leaving(), chosen=Chosen(Place(1, 0), enlarged=True))
        assert "φ h1→y1   33 % of the outputs   layer 2, 1 of 5 by what it matters" in text
        assert text.count("▲") == 2, "where its inputs are"
        assert "┤" in text and "└" in text

    @given(
        st.integers(1, 130),
        st.integers(1, 50),
        st.sampled_from([network(), leaving(0.6), wide()]),
        st.tuples(st.integers(0, 1), st.integers(0, 4)),
        st.integers(0, 90),
        st.booleans(),
        st.booleans(),
    )
    @settings(max_examples=60, deadline=None)
    def test_fits_whatever_room_there_is(self, width, height, whole, place, top, enlarged, one_scale):
        dashboard = see(network=whole)
        edges = [edge_views(whole, at) for at in range(2)]
        chosen = Chosen(Place(*place), top, enlarged, one_scale)
        lines = draw(dashboard.network, edges, dashboard.alerts, chosen, width, height)
        assert [width_of(line) for line in lines] == [width] * height


class TestThePlan:
    @given(
        st.lists(st.integers(0, 64), min_size=1, max_size=6),
        st.integers(1, 200),
        st.integers(3, 60),
        st.integers(0, 99),
    )
    def test_the_chosen_edge_is_always_in_sight(self, counts, width, height, top):
        found = plan(counts, [True] * len(counts), width, height)
        for layer_at, count in enumerate(counts):
            for rank in (0, count // 2, count - 1):
                if count:
                    place = Place(layer_at, rank)
                    shelf = found.shelves[found.shelf_of(place)]
                    first = found.top_for(place, top)
                    assert shelf.layer == layer_at and shelf.first <= rank < shelf.first + shelf.length
                    assert 0 <= first <= shelf.row < first + height

    def test_edges_are_as_large_as_all_of_them_allow(self):
        few, many = (plan(counts, [False, False], 116, 30) for counts in ([2, 1], [40, 10]))
        assert few.cell > many.cell
        assert few.rows <= 30

    def test_what_is_in_sight_does_not_move(self):
        found = plan([64, 10], [True, False], 116, 30)
        assert found.top_for(Place(0, 20), 5) == 5


class TestAnEdge:
    def edge(self, *curve: float, share: float = 1.0, inputs: tuple[float, float] | None = (-1.0, 1.0), **changes):
        made = layer(1, 1, **changes)
        one = msgspec.structs.replace(made.edges[0], curve=curve, importance=share, inputs=inputs)
        whole = network(msgspec.structs.replace(made, edges=(one,)))
        view = network_view(Facts(place="x", network=whole))
        return edge_views(whole, 0)[0], view.layers[0]

    def test_rises_and_falls_as_its_function_does(self):
        edge, of_layer = self.edge(*(math.sin(at / 47 * math.tau) for at in range(48)))
        lines = plain_text(small(edge, of_layer, scale_of(edge, common_scale([edge])), 16, 5))
        assert lines.splitlines() == [
            "x1→y1      100 %",
            " ⢀⠔⠉⠉⠢⡀",
            "⡔⠁  · ⠈⢢·   ·",
            "        ⠱⡀    ⢀⠎",
            "         ⠈⠢⣀⣀⠔⠁",
        ]

    def test_is_bright_where_its_inputs_are_and_warns_where_they_are_beyond_the_grid(self):
        edge, of_layer = self.edge(
            *[float(at) for at in range(48)], inputs=(-0.5, 1.5), drawn_range=(-2.0, 2.0), coverage=0.6
        )
        _, *rows = small(edge, of_layer, common_scale([edge]), 16, 5)
        inks = {span.ink for row in rows for span in row if span.text.strip(" ·")}
        assert {"faint", "train.0", "train.3", "warn"} <= inks

    def test_one_that_hardly_matters_is_not_as_bright(self):
        def inks(share):
            edge, of_layer = self.edge(*[float(at) for at in range(48)], share=share, edges=layer(9, 9).edges)
            of_layer = msgspec.structs.replace(of_layer, edge_count=100)
            return {span.ink for row in small(edge, of_layer, common_scale([edge]), 16, 5)[1:] for span in row}

        assert "train.3" in inks(0.02) and "train.1" in inks(0.001)

    def test_what_is_no_number_is_marked(self):
        edge, of_layer = self.edge(0.0, math.nan, math.inf, 0.0)
        assert "×" in plain_text(small(edge, of_layer, common_scale([edge]), 16, 5))
        assert "×" in plain_text(large(edge, of_layer, 60, 12))

    def test_next_to_nothing_is_drawn_as_next_to_nothing(self):
        edge, of_layer = self.edge(*[1e-6 * (-1) ** at for at in range(48)])
        loud, _ = self.edge(*[float(at) for at in range(48)])
        flat = plain_text(small(edge, of_layer, scale_of(edge, common_scale([edge, loud])), 16, 5)[1:])
        assert sum(bool(row.strip(" ·")) for row in flat.splitlines()) <= 2

    @given(
        st.lists(st.floats(), min_size=2, max_size=64),
        st.integers(1, 60),
        st.integers(1, 20),
        st.one_of(st.none(), st.tuples(st.floats(), st.floats())),
    )
    def test_fits_whatever_it_is(self, curve, width, height, inputs):
        edge, of_layer = self.edge(*curve, inputs=inputs)
        lines = small(edge, of_layer, scale_of(edge, common_scale([edge])), width, height)
        assert [width_of(line) for line in lines] == [width] * height
        assert len(large(edge, of_layer, width, height)) == height


def test_the_strip_shows_the_grid_between_two_ticks_and_the_inputs_on_it_and_beyond():
    off = layer(1, 1, coverage=0.7, quantiles=(-3, -2, 0, 1.5, 3), drawn_range=(-2.0, 2.0))
    line = strip(network_view(Facts(place="x", network=network(off))).layers[0], 20)
    assert "".join(span.text for span in line) == "━━━━━┃━━━━━━━━━┃━━──"
    assert [span.ink for span in line] == ["warn", "strong", "good", "strong", "warn", "track"]
