"""A network that is watched while it learns: what is seen of it, what that costs, and that it ends no training."""

from __future__ import annotations

import logging
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch import Tensor

from kan_shared.experiment import Experiment
from kan_shared.network import MAX_EDGES, Network, NetworkReader, decode_network, encode_network
from kan_trainer import Run
from kan_trainer.kan import KAN, NetworkWatch, watch
from kan_trainer.kan.importance import edge_features, edge_importances, grid_coverage, layer_inputs
from kan_trainer.kan.snapshot import POINTS, snapshot

from .small_training import final_weights, loop_of, small, train

torch.set_num_threads(1)


def seen(directory: Path) -> Network | None:
    reader = NetworkReader(Experiment(directory).network)
    reader.poll()
    return reader.network


class TestASnapshot:
    def test_has_every_edge_s_function_as_the_layer_works_it_out(self) -> None:
        network, x = KAN([3, 4, 2], grid_range=(-2, 1), outside="linear"), torch.rand(50, 3) * 2 - 1.5
        shown = snapshot(network, x, 7)
        assert shown.step == 7
        for layer, drawn in zip(network.kan_layers, shown.layers, strict=True):
            points = torch.linspace(*drawn.drawn_range, POINTS).unsqueeze(-1)
            curves = torch.einsum("pf,ifo->iop", edge_features(layer, points)[:, 0], layer.weight.detach())
            for edge in drawn.edges:
                expected = curves[edge.source, edge.target]
                digits = 1e-3 * float(expected.abs().max())
                torch.testing.assert_close(torch.tensor(edge.curve), expected, rtol=0, atol=digits)

    def test_orders_the_edges_by_what_they_matter(self) -> None:
        network, x = KAN([3, 4, 2]), torch.rand(50, 3)
        importances = edge_importances(network, x)
        for layer, importance in zip(snapshot(network, x, 1).layers, importances, strict=True):
            shares = [edge.importance for edge in layer.edges]
            assert shares == sorted(shares, reverse=True)
            assert shares == pytest.approx([float(importance[edge.source, edge.target]) for edge in layer.edges])
            assert len(shares) == layer.inputs * layer.outputs

    def test_says_how_much_of_what_a_layer_is_given_lies_on_its_grid_and_where(self) -> None:
        network, x = KAN([2, 3, 1], grid_range=(-0.5, 0.5)), torch.rand(400, 2) * 2 - 1
        layers = snapshot(network, x, 1).layers
        assert [layer.coverage for layer in layers] == pytest.approx(grid_coverage(network, x))
        for layer, given in zip(layers, layer_inputs(network, x), strict=True):
            expected = given.double().quantile(torch.tensor((0, 0.05, 0.5, 0.95, 1), dtype=torch.double))
            assert layer.quantiles == pytest.approx(expected.tolist(), rel=1e-3)
            assert layer.grid_range == (-0.5, 0.5)
            low, high = layer.drawn_range
            assert -1.5 <= low <= min(-0.5, max(layer.quantiles[1], -1.5))
            assert max(0.5, min(layer.quantiles[3], 1.5)) <= high <= 1.5

    @pytest.mark.parametrize("layers", [[2, 5, 1], [21, 64, 64, 24], [400, 64, 10], [4] * 40, [3] * 81], ids=len)
    def test_stays_small_however_large_the_network_is(self, layers: list[int]) -> None:
        network = KAN(layers)
        shown = snapshot(network, torch.randn(20, layers[0]), 1)
        assert len(encode_network(shown)) <= 200_000
        assert sum(len(layer.edges) for layer in shown.layers) <= MAX_EDGES
        assert shown.depth == len(layers) - 1
        assert decode_network(encode_network(shown)) == shown

    @pytest.mark.parametrize("value", [torch.nan, torch.inf, 1e38, 0.0])
    def test_of_a_network_that_has_run_away_can_be_written_and_read(self, value: float) -> None:
        network = KAN([2, 3, 3, 1])
        with torch.no_grad():
            network.kan_layers[1].weight.fill_(value)
        shown = snapshot(network, torch.randn(20, 2), 1)
        assert decode_network(encode_network(shown)) == shown

    def test_says_which_arithmetic_it_is_worked_out_by(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(KAN, "backend", "plain")
        shown = snapshot(KAN([2, 1]), torch.randn(20, 2), 1)
        assert (shown.backend, shown.device) == ("plain", "cpu")


class TestTheWatch:
    @pytest.fixture
    def clock(self, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
        """Each look at it costs what it is told."""
        clock = SimpleNamespace(now=1000.0, cost=0.0)

        def look() -> float:
            clock.now += clock.cost
            return float(clock.now)

        monkeypatch.setattr(watch, "time", SimpleNamespace(monotonic=look))
        return clock

    def test_looks_every_three_seconds(self, clock: SimpleNamespace) -> None:
        shown: list[Network] = []
        watching = NetworkWatch(KAN([2, 1]), torch.randn(20, 2), shown.append)
        for step in range(1, 101):
            watching.look(step)
            clock.now += 0.1
        assert [network.step for network in shown] == [1, 31, 61, 91]

    def test_takes_no_more_than_a_hundredth_of_the_time(self, clock: SimpleNamespace) -> None:
        def tell(_: Network) -> None:
            clock.now += 0.3
            spent.append(0.3)

        spent: list[float] = []
        watching = NetworkWatch(KAN([2, 1]), torch.randn(20, 2), tell)
        began = clock.now
        for step in range(1, 10_001):
            watching.look(step)
            clock.now += 0.03
        assert 3 <= len(spent) <= 11
        assert sum(spent[1:]) <= 0.0101 * (clock.now - began)

    @pytest.mark.usefixtures("clock")
    def test_can_be_made_to_look_at_the_end(self) -> None:
        shown: list[Network] = []
        watching = NetworkWatch(KAN([2, 1]), torch.randn(20, 2), shown.append)
        watching.look(1)
        watching.show(2)
        assert [network.step for network in shown] == [1, 2]

    def test_looks_with_a_few_examples_of_any_shape(self, monkeypatch: pytest.MonkeyPatch) -> None:
        given: list[Tensor] = []
        monkeypatch.setattr(watch, "snapshot", lambda _, inputs, __: given.append(inputs))
        NetworkWatch(KAN([2, 1]), torch.randn(50, 40, 2, requires_grad=True), lambda _: None).show(1)
        NetworkWatch(KAN([2, 1]), torch.randn(3, 2), lambda _: None).show(1)
        assert [tuple(inputs.shape) for inputs in given] == [(250, 2), (3, 2)]
        assert not given[0].requires_grad

    def test_never_ends_the_training_and_says_once_what_was_wrong(self, caplog: pytest.LogCaptureFixture) -> None:
        def tell(_: Network) -> None:
            raise RuntimeError("out of memory")

        watching = NetworkWatch(KAN([2, 1]), torch.randn(20, 2), tell)
        with caplog.at_level(logging.WARNING, "kan_trainer"):
            watching.show(5)
            watching.show(6)
        assert [record.message for record in caplog.records] == [
            "the network cannot be shown at step 5: RuntimeError: out of memory"
        ]

    def test_of_nothing_at_all_is_no_error_either(self) -> None:
        NetworkWatch(KAN([2, 1]), torch.zeros(0, 2), lambda _: None).show(1)

    def test_draws_no_random_numbers(self) -> None:
        network, before = KAN([2, 3, 1]), torch.random.get_rng_state()
        NetworkWatch(network, torch.ones(20, 2), lambda _: None).show(1)
        assert torch.equal(before, torch.random.get_rng_state())


class TestARun:
    def test_has_what_its_network_has_learned_beside_it(self, directory: Path) -> None:
        network = KAN([2, 3, 1])
        with Run(directory) as run:
            NetworkWatch(network, torch.rand(20, 2), run.show_network).show(3)
        shown = seen(directory)
        assert shown is not None and shown.step == 3

    def test_in_another_rank_leaves_that_to_the_first(self, directory: Path) -> None:
        with Run(directory, rank=1, world_size=2) as run:
            NetworkWatch(KAN([2, 1]), torch.rand(20, 2), run.show_network).show(3)
        assert not Experiment(directory).network.exists()

    def test_goes_on_where_it_cannot_be_written(self, directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
        with Run(directory) as run:
            Experiment(directory).network.mkdir()
            NetworkWatch(KAN([2, 1]), torch.rand(20, 2), run.show_network).show(3)
            run.log(1, {"loss": 1.0})
        assert "training goes on" in capsys.readouterr().err
        assert (directory / "history" / "loss.series").exists()

    def test_of_kan_train_ends_with_the_network_as_it_is_then(self, tmp_path: Path) -> None:
        loop = train(small(epochs=1), tmp_path)
        shown = seen(tmp_path)
        assert shown is not None and shown.step == loop.total_steps
        (first, *_) = shown.layers[0].edges
        again = snapshot(loop.network, loop._validation.inputs, 0).layers[0].edges[0]
        assert first.curve == again.curve

    def test_learns_the_same_whether_it_is_watched_or_not(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        watched = final_weights(train(small(epochs=1), tmp_path / "watched"))
        monkeypatch.setattr(NetworkWatch, "show", lambda *_: None)
        alone = final_weights(train(small(epochs=1), tmp_path / "alone"))
        assert all(map(torch.equal, watched, alone))
        assert loop_of(small()).step == 0
