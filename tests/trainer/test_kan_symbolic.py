"""Formulas of networks: read off edges, recovered from data, and honest about how good they are."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest
import sympy
import torch

from kan_shared.errors import UsageError
from kan_trainer.kan import KAN, recover_formula, suggest, symbolic_formula
from kan_trainer.kan.basis import bspline_basis
from kan_trainer.kan.symbolic.constants import settled
from kan_trainer.kan.symbolic.expressions import tidied
from kan_trainer.kan.symbolic.fitting import fit_all
from kan_trainer.kan.symbolic.functions import LIBRARY
from kan_trainer.kan.symbolic.graph import FunctionEdge, Graph
from kan_trainer.kan.symbolic.training import Data, fitted

x0, x1, x2 = (sympy.Symbol(f"x{i}", real=True) for i in range(3))


def samples(function, inputs, low=-1.0, high=1.0, count=400, seed=0):
    x = np.random.default_rng(seed).uniform(low, high, (count, inputs))
    return x, function(*x.T)[:, None]


def recovered(function, layers, low=-1.0, high=1.0):
    """The formula from 400 samples, which must hold to 1e-6 on a thousand that it has not seen."""
    formula = recover_formula(*samples(function, layers[0], low, high), layers)
    fresh, truth = samples(function, layers[0], low, high, count=1000, seed=1)
    assert np.abs(formula(fresh) - truth).max() < 1e-6 * np.abs(truth).max()
    assert not formula.is_worse
    return formula


def test_the_exponential_of_a_sine_and_a_square_is_recovered_from_data():
    formula = recovered(lambda x, y: np.exp(np.sin(np.pi * x) + y**2), [2, 1, 1])
    assert formula.expressions[0] == sympy.exp(sympy.sin(sympy.pi * x0) + x1**2)


def test_a_product_is_recovered_from_data():
    formula = recovered(lambda x, y: x * y, [2, 2, 1])
    assert formula.expressions[0] == x0 * x1


def test_the_field_of_a_charge_feynman_i_12_4_is_recovered_from_data():
    formula = recovered(lambda q, e, r: q / (4 * np.pi * e * r**2), [3, 1, 1], 1, 3)
    assert formula.expressions[0] == x0 / (4 * sympy.pi * x1 * x2**2)


@pytest.mark.slow
def test_noise_hides_no_structure_and_the_formula_is_the_true_one():
    noise = np.random.default_rng(3).normal(size=400) * 0.05
    x, y = samples(lambda x, y: np.exp(np.sin(np.pi * x) + y**2), 2)
    formula = recover_formula(x, y + noise[:, None], [2, 1, 1], attempts=1)
    assert formula.expressions[0] == sympy.exp(sympy.sin(sympy.pi * x0) + x1**2)
    assert formula.error_of_formula == pytest.approx(0.05, rel=0.1)


TRUTHS = {
    "x": lambda x: 3 * x + 1,
    "x^2": lambda x: (x - 2) ** 2,
    "x^3": lambda x: (x - 1.5) ** 3,
    "x^4": lambda x: (x - 2) ** 4,
    "1/x": lambda x: 1 / x,
    "1/x^2": lambda x: 1 / x**2,
    "sqrt": lambda x: np.sqrt(x - 1),
    "log": np.log,
    "exp": lambda x: np.exp(-2 * x),
    "sin": lambda x: 2 * np.sin(3 * (x - 2)) + 1,
    "cos": lambda x: np.cos(3 * (x - 2)),
    "tan": lambda x: np.tan(1.3 * (x - 2)),
    "tanh": lambda x: np.tanh(3 * (x - 2.2)),
    "arctan": lambda x: np.arctan(4 * (x - 2.2)),
    "arcsin": lambda x: np.arcsin(0.98 * (x - 2)),
    "abs": lambda x: np.abs(x - 1.7),
    "gaussian": lambda x: np.exp(-((x - 1.2) ** 2)),
}


@pytest.mark.parametrize("name", TRUTHS)
def test_every_function_of_the_library_is_known_again(name):
    x = np.linspace(1.001, 3, 200)
    best = fit_all(x, TRUTHS[name](x))[0]
    assert best.function.name == name
    assert best.r2 == pytest.approx(1, abs=1e-9)
    np.testing.assert_allclose(best.values(x), TRUTHS[name](x), atol=1e-4)


def test_the_truths_are_the_whole_library():
    assert {function.name for function in LIBRARY} == {*TRUTHS, "0"}


def test_slopes_are_the_derivatives_of_the_values():
    u = np.linspace(0.11, 0.93, 9)
    for function in LIBRARY:
        numeric = (function.values(u + 1e-6) - function.values(u - 1e-6)) / 2e-6
        np.testing.assert_allclose(function.slopes(u), numeric, rtol=1e-6, atol=1e-8)


def test_no_function_is_suggested_that_is_not_real_on_all_that_the_edge_sees():
    x = np.linspace(-1, 1, 101)
    y = np.where(x == 0, 0.0, 1 / np.where(x == 0, 1, x))
    for candidate in fit_all(x, y):
        assert np.isfinite(candidate.values(x)).all(), candidate


@pytest.mark.parametrize("values", [np.full(50, 2.5), np.zeros(50)])
def test_a_constant_edge_is_nothing_but_a_constant(values):
    (only,) = fit_all(np.linspace(-1, 1, 50), values)
    assert (only.function.name, only.d, only.r2) == ("0", values[0], 1)


def with_edges(layers, functions):
    """A network whose edges are fitted to `functions[layer][input][output]` on −1 … 1."""
    network = KAN(layers, grid_size=20, outside="linear").double()
    x = torch.linspace(-1, 1, 400).double()
    basis = bspline_basis(x, grid_size=20, spline_order=3, grid_range=(-1.0, 1.0))
    with torch.no_grad():
        for layer, rows in zip(network.kan_layers, functions, strict=True):
            layer.weight.zero_()
            for i, row in enumerate(rows):
                for o, function in enumerate(row):
                    layer.weight[i, :-1, o] = torch.linalg.lstsq(basis, function(x)[:, None]).solution[:, 0]
    return network


def test_edges_are_suggested_what_they_were_made_of():
    network = with_edges([2, 1], [[[lambda x: torch.sin(3 * x)], [lambda x: x**2]]])
    inputs = torch.rand(300, 2).double() * 2 - 1
    assert suggest(network, inputs, 0, 0, 0)[0].function.name == "sin"
    assert suggest(network, inputs, 0, 1, 0)[0].function.name == "x^2"
    assert "R² 1.0" in str(suggest(network, inputs, 0, 1, 0)[0])


def test_a_network_without_targets_is_a_formula_that_says_only_what_is_known():
    network = with_edges([2, 1], [[[lambda x: torch.sin(3 * x)], [lambda x: x**2]]])
    formula = symbolic_formula(network, torch.rand(300, 2).double() * 2 - 1, names=["angle", "b"])
    angle, b = formula.variables
    assert formula.expressions[0].subs({angle: 0.3, b: 0.5}) == pytest.approx(math.sin(0.9) + 0.25, abs=1e-4)
    assert formula.error_against_network < 1e-4
    assert formula.error_of_network is None
    assert "sin(3" in str(formula)
    assert "not known: no targets were given" in str(formula)


def test_a_formula_worse_than_its_network_says_so():
    def stairs(x):
        return torch.floor(3 * x) / 3 + 0.3 * torch.sin(23 * x)

    network = with_edges([1, 1], [[[stairs]]])
    inputs = torch.linspace(-1, 1, 300).double()[:, None]
    targets = network(inputs).detach()
    formula = symbolic_formula(network, inputs, targets, minimum_r2=0.5)
    assert formula.is_worse
    assert formula.error_of_formula > 0.1 > formula.error_of_network
    assert "WORSE THAN THE NETWORK" in str(formula)


def test_the_errors_are_those_of_the_formula_that_is_printed():
    x, y = samples(lambda x, y: np.exp(x * 0.7123) + 0.3 * y + 0.01 * np.sin(40 * y), 2)
    formula = recover_formula(x, y, [2, 1], attempts=1)
    printed = sympy.lambdify(formula.variables, sympy.sympify(str(formula.expressions[0])).subs(
        {sympy.Symbol(str(v)): v for v in formula.variables}), "numpy")  # fmt: skip
    assert np.sqrt(np.mean((printed(*x.T) - y[:, 0]) ** 2)) == pytest.approx(formula.error_of_formula, rel=1e-9)


def test_an_edge_that_nothing_fits_stays_a_spline_and_is_named():
    def rough(x):
        return torch.sin(9 * x**2) * torch.sign(x) + torch.cos(31 * x) / 2

    network = with_edges([2, 1], [[[rough], [lambda x: x**2]]])
    inputs = torch.rand(400, 2).double() * 2 - 1
    formula = symbolic_formula(network, inputs)
    assert [edge.name for edge in formula.edges] == [None, "x^2"]
    assert "phi_0_0_0(x0)" in str(formula.expressions[0])
    assert "No function fits the edge 0 → 0 of layer 0" in str(formula)
    np.testing.assert_allclose(formula(inputs), network(inputs).detach(), atol=1e-4)


def test_a_formula_has_an_expression_for_each_output():
    network = with_edges([1, 2], [[[lambda x: x**2, torch.exp]]])
    formula = symbolic_formula(network, torch.linspace(-1, 1, 100).double()[:, None])
    assert [edge.name for edge in formula.edges] == ["x^2", "exp"]
    assert str(formula).splitlines()[:2] == ["y0 = x0**2", "y1 = exp(x0)"] or formula.error_against_network < 1e-5
    assert formula(np.zeros((3, 1))).shape == (3, 2)


def test_what_was_pruned_is_no_part_of_the_formula_and_does_not_count():
    network = KAN([40, 3]).double()
    with torch.no_grad():
        network.kan_layers[0].weight[1:] = 0
        network.kan_layers[0].weight[0, :, 1:] = 0
    formula = symbolic_formula(network, torch.rand(100, 40).double() * 2 - 1, names=list(map("v{}".format, range(40))))
    assert [str(symbol) for symbol in formula.expressions[0].free_symbols] == ["v0"]
    assert formula.expressions[1:] == (0, 0)
    assert sum(edge.name == "0" for edge in formula.edges) == 119


def test_the_network_stays_as_it_is():
    network = with_edges([2, 1], [[[torch.sin], [torch.cos]]])
    before = [parameter.clone() for parameter in network.parameters()]
    symbolic_formula(network, torch.rand(100, 2).double())
    assert all(torch.equal(a, b) for a, b in zip(before, network.parameters(), strict=True))


def test_a_graph_has_the_values_of_its_network_and_the_right_jacobian():
    network = KAN([2, 3, 2], outside="linear").double()
    graph = Graph.of(network).with_edge((1, 0, 0), FunctionEdge(LIBRARY[10], 2.0, 0.3, 0.5), 0.25)
    plain = Graph.of(network)
    x = np.random.default_rng(0).uniform(-1.5, 1.5, (9, 2))
    np.testing.assert_allclose(plain.values(x), network(torch.from_numpy(x)).detach(), atol=1e-12)
    jacobian, start = graph.jacobian(x), graph.parameters
    for k, step in enumerate(np.eye(len(start)) * 1e-6):
        above, below = (graph.with_parameters(start + sign * step).values(x) for sign in (1, -1))
        np.testing.assert_allclose(jacobian[:, :, k], (above - below) / 2e-6, atol=1e-7)


def test_a_graph_without_a_value_on_the_data_is_not_fitted_and_has_an_infinite_error():
    log = next(function for function in LIBRARY if function.name == "log")
    graph = Graph.of(KAN([1, 1])).with_edge((0, 0, 0), FunctionEdge(log, 1.0, 0.0, 1.0))
    data = Data(*samples(lambda x: x, 1))
    assert fitted(graph, data, steps=5) is graph
    assert data.error(graph) == math.inf


def test_constants_become_plain_numbers_only_where_the_error_does_not_grow():
    x, y = samples(lambda x: np.sin(np.pi * x) + 0.3217 * x, 1)
    begin = 1.01 * sympy.sin(3.13 * x0 + 0.02) + 0.33 * x0
    assert str(settled(begin, [x0], x, y[:, 0], tidied)) == "0.3217*x0 + sin(pi*x0)"


def test_what_float32_has_rounded_off_is_no_term_of_the_formula():
    x, y = samples(lambda x, y: np.sin(np.pi * x) + y**2, 2)
    begin = 1.001 * sympy.sin(3.14 * x0 + 1e-5) + x1**2 + 1e-4 * x1
    found = settled(begin, [x0, x1], x, y[:, 0].astype(np.float32).astype(float), tidied)
    assert found == sympy.sin(sympy.pi * x0) + x1**2


@pytest.mark.parametrize(
    ("untidy", "tidy"),
    [
        ((x0 + x1) ** 2 - (x0 - x1) ** 2, 4 * x0 * x1),
        (sympy.sin(-2 * x0), -sympy.sin(2 * x0)),
        (sympy.cos(-2 * x0 + x1), sympy.cos(2 * x0 - x1)),
        (sympy.cos(sympy.pi * sympy.Abs(3 * x0 / sympy.pi + sympy.Rational(1, 2))), -sympy.sin(3 * x0)),
        (sympy.sqrt(4 * x0 + 8), 2 * sympy.sqrt(x0 + 2)),
    ],
)
def test_one_form_stands_for_the_many_that_say_the_same(untidy, tidy):
    assert sympy.nsimplify(tidied(untidy)) == tidy


def test_mistakes_are_named():
    network, x = KAN([2, 1]), torch.rand(10, 2)
    with pytest.raises(UsageError, match="100 edges, and this network has 4096: prune it"):
        symbolic_formula(KAN([64, 64]), torch.rand(10, 64))
    with pytest.raises(UsageError, match=r"inputs must be of shape \(samples, 2\)"):
        symbolic_formula(network, torch.rand(10, 3))
    with pytest.raises(UsageError, match=r"targets must be of shape \(10, 1\)"):
        symbolic_formula(network, x, torch.rand(10))
    with pytest.raises(UsageError, match="inputs must be finite"):
        symbolic_formula(network, x * torch.nan)
    with pytest.raises(UsageError, match="names must be 2 different ones"):
        symbolic_formula(network, x, names=["a", "a"])
    with pytest.raises(UsageError, match=r"inputs must be of shape \(samples, 2\)"):
        recover_formula(x[:, 0], x[:, :1], [2, 1])
    with pytest.raises(UsageError, match="there is no edge 0 → 7 of layer 0"):
        suggest(network, x, 0, 0, 7)


def test_without_sympy_the_message_says_what_to_install():
    script = "import sys; sys.modules['sympy'] = None; from kan_trainer.kan import symbolic_formula"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "pip install 'kan-monitor[symbolic]'" in ended.stderr
