"""The compiled kernel against the plain way, in every shape and mode, with any number of threads."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Iterator

import pytest
import torch

from kan_trainer.kan import KAN, KANLayer
from kan_trainer.kan.config import SplineConfig
from kan_trainer.kan.functional import kan_layer
from kan_trainer.kan.kernels import operators, plain
from kan_trainer.kan.kernels.native import build, library
from kan_trainer.kan.kernels.native import layer as native

from .kan_layers import BASES, OUTSIDE, assert_same, examples, gradients

pytestmark = pytest.mark.skipif(build.library(3, "float") is None, reason="there is no C++ compiler")

#: One vector, several, a half, what is left behind one, fewer than any.
WIDTHS = (1, 3, 5, 8, 10, 24, 64, 130)


@pytest.fixture
def threads() -> Iterator[Callable[[int], None]]:
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


class TestOneLayer:
    @pytest.mark.parametrize(("order", "outside", "base"), itertools.product(range(1, 8), OUTSIDE, BASES))
    def test_is_that_of_the_reference_in_every_mode(self, order, outside, base):
        spline = SplineConfig(grid_size=4, spline_order=order, grid_range=(-1.0, 2.0), outside=outside, base=base)
        tensors = examples(41, 6, 10, spline, torch.float64)
        assert_same(gradients(kan_layer, tensors, spline), gradients(plain.forward, tensors, spline), 1e-12)

    @pytest.mark.parametrize(("inputs", "outputs"), itertools.product((1, 2, 16, 21, 70), WIDTHS))
    def test_is_that_of_the_reference_in_every_width(self, inputs, outputs):
        spline = SplineConfig()
        tensors = examples(33, inputs, outputs, spline, torch.float32)
        exact = gradients(plain.forward, tuple(tensor.double() for tensor in tensors), spline)
        assert_same([found.double() for found in gradients(kan_layer, tensors, spline)], exact, 2e-6)

    @pytest.mark.parametrize("batch", [0, 1, 7, 8, 9, 31, 32, 33, 64, 65, 256, 257, 1000])
    def test_is_that_of_the_reference_for_every_batch(self, batch):
        spline = SplineConfig(grid_size=7)
        tensors = examples(batch, 5, 9, spline, torch.float64)
        assert_same(gradients(kan_layer, tensors, spline), gradients(plain.forward, tensors, spline), 1e-12)

    def test_may_be_wider_than_any_buffer(self):
        spline = SplineConfig(grid_size=1024, spline_order=2)
        tensors = examples(3, 1100, 3, spline, torch.float64)
        assert_same(gradients(kan_layer, tensors, spline), gradients(plain.forward, tensors, spline), 1e-12)

    @pytest.mark.parametrize(("order", "outside", "base"), itertools.product((2, 3, 5, 7), OUTSIDE, BASES))
    def test_has_the_gradients_that_differences_have(self, order, outside, base):
        spline = SplineConfig(grid_size=3, spline_order=order, outside=outside, base=base)
        tensors = [tensor.requires_grad_() for tensor in examples(9, 3, 5, spline, torch.float64)]
        tensors[0] = (tensors[0].detach() + 0.0123).requires_grad_()  # off the ends, where a slope may jump
        assert torch.autograd.gradcheck(lambda *given: kan_layer(*given, spline), tensors)

    def test_can_be_differentiated_twice(self):
        spline = SplineConfig()
        tensors = [tensor.requires_grad_() for tensor in examples(4, 2, 3, spline, torch.float64)]
        assert torch.autograd.gradgradcheck(lambda *given: kan_layer(*given, spline), tensors)

    @pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
    def test_of_what_is_no_number_is_none(self, dtype):
        spline = SplineConfig()
        _, weight, bias = examples(3, 2, 4, spline, dtype)
        x = torch.tensor([[0.1, torch.nan], [0.1, 0.2], [torch.nan, torch.nan]], dtype=dtype)
        assert kan_layer(x, weight, bias, spline).isnan().all(dim=1).tolist() == [True, False, True]

    @pytest.mark.parametrize("outside", OUTSIDE)
    @pytest.mark.parametrize("far", [1e30, -1e30, 88.8, -88.8, -103.9, 5e-324, torch.inf])
    def test_of_what_is_far_away_is_that_of_the_reference(self, outside, far):
        spline = SplineConfig(outside=outside)
        _, weight, bias = examples(3, 2, 4, spline, torch.float32)
        x = torch.tensor([[far, 0.3]])
        found, expected = kan_layer(x, weight, bias, spline), plain.forward(x, weight, bias, spline)
        torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5, equal_nan=True)

    def test_takes_tensors_as_they_lie(self):
        spline = SplineConfig()
        x, weight, bias = examples(12, 6, 5, spline, torch.float64)
        scattered = x.T.contiguous().T
        assert not scattered.is_contiguous()
        assert kan_layer(scattered, weight, bias, spline).equal(kan_layer(x, weight, bias, spline))
        assert kan_layer(x.view(3, 4, 6), weight, bias, spline).view(12, 5).equal(kan_layer(x, weight, bias, spline))

    def test_leaves_other_types_to_pytorch(self):
        spline = SplineConfig()
        tensors = [tensor.bfloat16() for tensor in examples(4, 3, 2, spline, torch.float32)]
        assert not native.takes(*tensors, spline)
        assert kan_layer(*tensors, spline).dtype == torch.bfloat16


class TestWhatDoesNotMatter:
    @pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
    def test_is_how_many_threads_there_are(self, threads, dtype):
        spline = SplineConfig()
        tensors = examples(700, 40, 48, spline, dtype)
        results = []
        for number in (1, 2, 3, 5):
            threads(number)
            results.append(gradients(kan_layer, tensors, spline))
        for others in results[1:]:
            assert all(one.equal(other) for one, other in zip(results[0], others, strict=True)), "to the last bit"

    def test_is_how_samples_are_split_into_batches(self):
        spline = SplineConfig()
        x, weight, bias = examples(301, 21, 24, spline, torch.float32)
        whole = kan_layer(x, weight, bias, spline)
        for size in (1, 2, 17, 64, 300):
            assert torch.cat([kan_layer(part, weight, bias, spline) for part in x.split(size)]).equal(whole)

    @pytest.mark.parametrize("vector_bytes", [16, 32, 64])
    def test_is_how_wide_the_vectors_are(self, vector_bytes, monkeypatch):
        path = build.library(3, "float", vector_bytes)
        narrow = library.Library(str(path), library._REAL[torch.float32][1])
        spline = SplineConfig()
        tensors = examples(50, 19, 27, spline, torch.float32)
        exact = gradients(plain.forward, tuple(tensor.double() for tensor in tensors), spline)
        monkeypatch.setattr(native, "library_for", lambda *_: narrow)
        assert_same([found.double() for found in gradients(kan_layer, tensors, spline)], exact, 2e-6)


class TestAWholeNetwork:
    def test_gives_in_one_call_what_its_layers_give_one_by_one(self):
        network = KAN([5, 70, 3, 24])
        x = torch.randn(130, 5)
        by_layers = network.layers(x)
        with torch.no_grad():
            assert network(x).equal(by_layers)
            assert network(x.view(13, 10, 5)).view(130, 24).equal(by_layers)

    def test_sees_its_weights_change(self):
        network, x = KAN([3, 4, 2]), torch.randn(7, 3)
        with torch.no_grad():
            before = network(x)
            network.layers[1].weight.mul_(2)
            assert not network(x).equal(before)
            network.double()
            assert network(x.double()).dtype == torch.float64

    def test_can_be_copied_with_weights_of_its_own(self):
        network, x = KAN([3, 4, 2]), torch.randn(7, 3)
        with torch.no_grad():
            before = network(x)
            other = copy.deepcopy(network)
            other.layers[0].weight.zero_()
            assert network(x).equal(before)
            assert not other(x).equal(before)

    def test_is_heard_by_who_listens_to_a_layer(self):
        network, heard = KAN([3, 4, 2]), []
        network.layers[0].register_forward_hook(lambda *_: heard.append(1))
        with torch.no_grad():
            network(torch.randn(2, 3))
        assert heard == [1]


class TestTheOperator:
    def test_is_one_of_torch(self):
        spline = SplineConfig()
        tensors = [tensor.requires_grad_() for tensor in examples(6, 3, 4, spline, torch.float32)]
        arguments = (*tensors, -1.0, 1.0, 5, 3, "zero", "silu")
        torch.library.opcheck(operators._layer, arguments)

    def test_gives_the_gradients_of_the_layer(self):
        spline = SplineConfig(outside="clamp")
        tensors = examples(6, 3, 4, spline, torch.float64)
        assert_same(gradients(operators.layer, tensors, spline), gradients(plain.forward, tensors, spline), 1e-12)

    def test_is_one_node_for_a_compiler(self):
        layer, seen = KANLayer(3, 4), []

        def look(graph: torch.fx.GraphModule, _: object) -> Callable[..., object]:
            seen.extend(str(node.target) for node in graph.graph.nodes if node.op == "call_function")
            return graph.forward

        x = torch.randn(5, 3)
        compiled = torch.compile(layer, backend=look, fullgraph=True)
        assert compiled(x).equal(layer(x))
        assert seen == ["kan_monitor.layer.default"]


class TestWithoutACompiler:
    @pytest.fixture(autouse=True)
    def anew(self) -> Iterator[None]:
        for cached in (build.library, library.library_for):
            cached.cache_clear()
        yield
        for cached in (build.library, library.library_for):
            cached.cache_clear()

    @pytest.mark.parametrize("compiler", ["no-such-compiler", "false"])
    def test_everything_works_in_plain_pytorch(self, compiler, monkeypatch, tmp_path):
        monkeypatch.setenv("CXX", compiler)
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        network, x = KAN([3, 4, 2]), torch.randn(7, 3)
        with torch.no_grad():
            assert network(x).equal(network.layers(x))
        assert library.library_for(3, torch.float32) is None

    def test_a_cache_that_cannot_be_written_is_no_trouble(self, monkeypatch, tmp_path):
        (tmp_path / "kan-monitor").write_text("in the way")
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        assert KAN([3, 2])(torch.randn(4, 3)).shape == (4, 2)

    def test_is_what_one_can_ask_for(self, monkeypatch):
        monkeypatch.setenv("KAN_BACKEND", "plain")
        assert library.library_for(3, torch.float32) is None

    def test_a_kernel_is_compiled_once(self, monkeypatch, tmp_path):
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        first = build.library(1, "float")
        made = first.stat().st_mtime_ns
        build.library.cache_clear()
        assert build.library(1, "float") == first
        assert first.stat().st_mtime_ns == made
        assert [path.name for path in first.parent.iterdir()] == [first.name], "nothing half-made is left behind"
