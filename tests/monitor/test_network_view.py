"""What is said of a network: in words and figures, in an alert, in text and JSON, and over ssh."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kan_monitor.alerts.finding import Finding
from kan_monitor.alerts.network import off_the_grid, one_in, wider
from kan_monitor.feeding.feed import Feed
from kan_monitor.headless.json_format import json_line
from kan_monitor.headless.text_format import text_lines
from kan_monitor.sources.experiment import ExperimentSource
from kan_monitor.sources.facts import Facts
from kan_monitor.sources.mirror import Mirror
from kan_monitor.sources.protocol import Words, decode, encode
from kan_monitor.view.about import about
from kan_monitor.view.network import edge_views, network_view
from kan_shared.network import Network, encode_network
from kan_shared.store import replace_file

from .cases import HOSTILE, kan_run
from .looking import PLACE, look_at_run
from .making import NOW
from .networks import layer, leaving, network, wide
from .seeing import see


def seen(whole: Network):
    view = network_view(Facts(place="x", network=whole))
    assert view is not None
    return view


def finding(whole: Network) -> Finding | None:
    return next(off_the_grid(whole), None)


class TestTheView:
    def test_says_what_the_network_is_and_how_it_is_worked_out(self):
        view = seen(network())
        assert (view.shape, view.arithmetic, view.parameters.text, view.step.text) == (
            "2→5→1",
            "native on cpu",
            "141",
            "1 800",
        )

    def test_says_of_each_layer_what_its_grid_is_and_how_much_lies_on_it(self):
        first, second = seen(leaving()).layers
        assert (first.shape, first.grid, first.functions) == ("2 → 5", "grid 5 on −1 … 1, order 3", "silu, zero beyond")
        assert (first.coverage.text, first.coverage.severity) == ("99.8", "good")
        assert (second.coverage.text, second.coverage.severity, second.coverage.word) == ("27", "warn", "low")
        assert second.spread == "9 in 10 from −2.12 to 1.87"

    @pytest.mark.parametrize(
        ("coverage", "text", "severity"),
        [
            (1.0, "100", "good"),
            (0.99997, "99.9", "good"),
            (0.9, "90", "good"),
            (0.8999, "89", "warn"),
            (0.5, "50", "warn"),
            (0.4999, "49", "bad"),
            (0.0, "0", "bad"),
            (None, "—", "none"),
        ],
    )
    def test_a_share_is_never_said_to_be_more_than_it_is(self, coverage, text, severity):
        shown = seen(network(layer(1, 1, coverage=coverage))).layers[0].coverage
        assert (shown.text, shown.severity) == (text, severity)

    def test_names_edges_by_the_units_that_they_join(self):
        whole = network(layer(2, 3), layer(3, 3), layer(3, 1))
        assert [edge_views(whole, at)[1].name for at in range(3)] == ["x2→h1", "h2→h1", "h2→y1"]

    def test_writes_shares_with_the_digits_that_matter(self):
        shares = [edge.share.text for edge in edge_views(wide(), 0)]
        assert shares[:5] == ["25", "19", "14", "11", "7.9"]
        assert shares[-1] == "<0.1"

    def test_tells_how_many_edges_and_layers_it_does_not_tell_of(self):
        assert seen(wide()).layers[0].left_out == 64 * 16 - 64
        deep = msgspec.structs.replace(network(*[layer(2, 2)] * 8), depth=20)
        assert (seen(deep).shape, seen(deep).left_out) == ("2→2→2→2→2 …", 12)

    def test_makes_the_text_of_the_run_safe(self):
        text = HOSTILE.replace("\ud83d", "")[:190]
        view = seen(network(layer(1, 1, base=text, outside=text), backend=text, device=text))
        assert (view.arithmetic + view.layers[0].functions).isprintable()

    def test_is_among_what_is_said_of_the_run(self):
        facts = Facts(place="x", state=kan_run().state, network=network())
        assert ("network", "KAN 2→5→1, 141 parameters, native on cpu") in about(facts, 0)


class TestTheAlert:
    def test_says_which_layer_how_many_where_they_are_and_what_to_do(self):
        found = finding(leaving())
        assert found is not None
        assert (found.kind, found.severity) == ("coverage", "warn")
        assert found.verdict == "7 in 10 inputs of layer 2 leave its grid"
        assert found.evidence == (
            "27 % are on −1 … 1, and 40 % should be; 9 in 10 are from −2.12 to 1.87; beyond it splines die out"
        )
        assert found.action == "use --update-grid-every=100, or kan_trainer.kan.update_grid"

    def test_of_a_layer_that_is_given_data_names_the_grid_that_would_hold_it(self):
        off = layer(2, 1, coverage=0.8, quantiles=(-3.2, -2.12, 0.2, 1.87, 4.1))
        found = finding(network(off))
        assert found is not None
        assert "80 % are on −1 … 1, and 90 % should be" in found.evidence
        assert found.action == "train with --grid-range=-3,2, or kan_trainer.kan.update_grid"

    @pytest.mark.parametrize(("shares", "verdict"), [
        ((0.3, 0.95), "7 in 10 inputs of layer 1 leave its grid"),
        ((0.95, 0.09), "9 in 10 inputs of layer 2 leave its grid"),
        ((0.45, 0.2), "6 in 10 inputs of layer 1 leave its grid, and of 1 more"),
    ])  # fmt: skip
    def test_is_critical_where_most_data_do_or_nearly_all_that_is_learned(self, shares, verdict):
        found = finding(network(*(layer(2, 2, coverage=share) for share in shares)))
        assert found is not None
        assert (found.severity, found.verdict) == ("bad", verdict)

    def test_is_about_the_worst_layer_and_counts_the_others(self):
        found = finding(network(layer(1, 2, coverage=0.8), layer(2, 2, coverage=0.3), layer(2, 1, coverage=0.35)))
        assert found is not None
        assert found.verdict == "7 in 10 inputs of layer 2 leave its grid, and of 2 more"

    @pytest.mark.parametrize("coverage", [1.0, 0.9, None])
    def test_is_none_where_enough_lies_on_the_grids(self, coverage):
        assert finding(network(layer(2, 1, coverage=coverage))) is None

    def test_is_none_where_half_of_what_hidden_layers_are_given_lies_there(self):
        assert finding(network(layer(2, 3), layer(3, 3, coverage=0.4), layer(3, 1, coverage=0.5))) is None

    def test_says_what_becomes_of_the_splines_there(self):
        found = finding(leaving(outside="clamp"))
        assert found is not None and "beyond it splines stay as they are" in found.evidence

    def test_is_raised_while_the_run_goes_on_only(self):
        for condition, kinds in (("running", ["coverage"]), ("complete", [])):
            dashboard = see(condition, network=leaving())
            assert [alert.kind for alert in dashboard.alerts if alert.kind == "coverage"] == kinds

    @given(st.floats(-1e15, 1e15), st.floats(1e-9, 1e15), st.floats(-1e15, 1e15), st.floats(0, 1e15))
    def test_the_range_that_it_names_holds_the_grid_and_what_is_given(self, low, width, start, length):
        high, stop = low + width, start + length
        if not low < high <= 1e15 or stop > 1e15:
            return
        whole = network(layer(1, 1, edges=(), grid_range=(low, high), quantiles=(start, start, start, stop, stop)))
        first, last = map(float, wider(whole).split(","))
        off = 2e-5 * max(map(abs, (low, high, start, stop)))
        assert first <= min(low, start) + off and max(high, stop) - off <= last

    @pytest.mark.parametrize(
        ("share", "words"),
        [(0.11, "1 in 9 inputs"), (0.25, "1 in 4 inputs"), (0.5, "1 in 2 inputs"), (0.51, "5 in 10 inputs"),
         (0.9, "9 in 10 inputs"), (0.97, "nearly all inputs"), (1.0, "nearly all inputs")],
    )  # fmt: skip
    def test_shares_in_words(self, share, words):
        assert one_in(share) == words


class TestHeadless:
    def test_text_has_a_line(self, look_once):
        lines = text_lines(look_once("kan").dashboard).splitlines()
        assert next(line.strip() for line in lines if "KAN: " in line) == (
            "KAN: 2→5→1 | 141 parameters | native on cpu | On grid: 99.8%, 27% low | Edges: x1→h1 26%, x2→h1 20%,"
            " x1→h2 15%"
        )

    def test_json_has_the_same_figures(self, look_once):
        shown, fields = look_once("kan").dashboard.network, json.loads(json_line(look_once("kan").dashboard))["network"]
        assert (fields["backend"], fields["step"], fields["parameters"]) == ("native", 1800, 141)
        for drawn, written in zip(shown.layers, fields["layers"], strict=True):
            assert written["coverage_percent"] == drawn.coverage.value
            assert (written["inputs"], written["outputs"]) == drawn.units
            names = [(edge.name, edge.share.value) for edge in drawn.top]
            assert [(top["edge"], top["importance_percent"]) for top in written["top_edges"]] == names

    def test_a_run_without_one_says_null_in_json_and_nothing_in_text(self, look_once):
        dashboard = look_once("running").dashboard
        assert json.loads(json_line(dashboard))["network"] is None
        assert "KAN" not in text_lines(dashboard)


@pytest.mark.usefixtures("home")
class TestOverSsh:
    def messages(self, feed: Feed, mirror: Mirror, now: float) -> list[Words]:
        taken = [decode(encode(message)) for message in feed.look(now)]
        for message in taken:
            mirror.take(message)
        return [message for message in taken if isinstance(message, Words) and message.file == "network"]

    def test_it_is_seen_as_it_is_there(self):
        whole = leaving()
        replace(kan_run(), network=whole).write(PLACE)
        with closing(Mirror()) as mirror:
            self.messages(Feed(PLACE), mirror, NOW)
            assert ExperimentSource(mirror.directory).poll(NOW).network == whole

    def test_a_large_one_is_sent_the_less_often(self):
        large = wide()
        replace(kan_run(), network=large).write(PLACE)
        feed = Feed(PLACE)
        with closing(Mirror()) as mirror:
            sent = 0
            for second in range(60):
                replace_file(PLACE / "network.json", encode_network(msgspec.structs.replace(large, step=second)))
                sent += sum(len(words.text) for words in self.messages(feed, mirror, NOW + second))
        assert 30_000 < sent < 60 * 5000 + len(encode_network(large))


def test_a_look_at_a_run_finds_it(tmp_path):
    look = look_at_run(replace(kan_run(), network=network()), tmp_path)
    assert look.facts.network == network()
    assert look.dashboard.network is not None
