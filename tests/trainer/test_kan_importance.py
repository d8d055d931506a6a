"""What the edges of a network do on given inputs."""

import pytest
import torch

from kan_trainer.kan import KAN
from kan_trainer.kan.importance import edge_features, edge_importances, edge_spreads, grid_coverage, layer_inputs


def test_the_spread_of_an_edge_is_the_standard_deviation_of_its_function():
    network, x = KAN([3, 4, 2]), torch.randn(200, 3)
    layer, given = network.kan_layers[1], layer_inputs(network, x)[1]
    each = torch.einsum("bir,iro->bio", edge_features(layer, given), layer.weight)
    torch.testing.assert_close(each.sum(1) + layer.bias, layer(given))
    torch.testing.assert_close(edge_spreads(layer, given), each.std(0, correction=0), rtol=1e-4, atol=1e-6)


def test_shares_are_handed_back_in_full_and_add_up_to_one():
    importances = edge_importances(KAN([3, 4, 2]), torch.randn(50, 3))
    assert [tuple(layer.shape) for layer in importances] == [(3, 4), (4, 2)]
    assert [float(layer.sum()) for layer in importances] == pytest.approx([1, 1])
    torch.testing.assert_close(importances[0].sum(0), importances[1].sum(1))


def test_an_edge_that_does_nothing_matters_nothing():
    network = KAN([2, 3, 1])
    with torch.no_grad():
        network.kan_layers[0].weight[1] = 0
        network.kan_layers[1].weight[2] = 0
    first, second = edge_importances(network, torch.randn(50, 2))
    assert first[1].tolist() == [0, 0, 0]
    assert first[0, 2] == second[2, 0] == 0
    assert float(first.sum()) == pytest.approx(1)


def test_a_network_of_constants_has_no_importances_and_no_nan():
    network = KAN([2, 3, 1])
    assert all(not layer.any() for layer in edge_importances(network, torch.ones(5, 2)))


def test_coverage_counts_what_lies_on_the_grid_of_each_layer():
    network = KAN([2, 3], grid_range=(-1, 1))
    x = torch.tensor([[0.0, 1.0], [-1.0, 1.01], [torch.nan, torch.inf]])
    assert grid_coverage(network, x) == [pytest.approx(3 / 6)]
