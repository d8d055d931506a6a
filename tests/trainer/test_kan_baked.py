"""Baked networks: near what they were made of, smaller, the same on every path, and the same from a file."""

from __future__ import annotations

import copy
import itertools
import json
from pathlib import Path

import pytest
import safetensors
import safetensors.torch
import torch
from torch import Tensor

from kan_shared.errors import UsageError
from kan_trainer.kan import KAN, BakedKAN, bake
from kan_trainer.kan.kernels.native import baked as native
from kan_trainer.kan.kernels.native import build
from kan_trainer.kan.kernels.native.library import function_of
from kan_trainer.kan.quantisation import ELEMENTS, pack, table_size, unpack

DTYPES = ("int8", "float16", "bfloat16")
#: Of a weight, against the largest of its row: a half of the last place.
ROUNDING = {"int8": 0.5 / 127, "float16": 2.0**-11, "bfloat16": 2.0**-8}
KEY = "kan_monitor_baked"

compiled = pytest.mark.skipif(build.library(3, "float") is None, reason="there is no C++ compiler")


def network(*layers: int, **options: object) -> KAN:
    torch.manual_seed(sum(layers))
    return KAN(layers, **options)  # type: ignore[arg-type]


def around_the_grid(batch: int, inputs: int) -> Tensor:
    return torch.rand(batch, inputs, generator=torch.Generator().manual_seed(batch)) * 3 - 1.5


class TestAWeight:
    @pytest.mark.parametrize(("dtype", "outputs"), itertools.product(DTYPES, (1, 2, 3, 4, 5, 10, 64)))
    def test_comes_back_to_half_of_its_last_place(self, dtype, outputs):
        weight = torch.randn(3, 5, outputs) * torch.logspace(-6, 6, 15).view(3, 5, 1)
        table, scales = pack(weight, dtype)
        assert table.shape == (table_size((3, 5, outputs), ELEMENTS[dtype]),)
        found = unpack(table, scales, (3, 5, outputs), torch.float64)
        assert ((found - weight).abs() <= 1.001 * ROUNDING[dtype] * weight.abs().amax(2, keepdim=True)).all()

    @pytest.mark.parametrize("dtype", DTYPES)
    def test_may_be_zero_or_next_to_it(self, dtype):
        weight = torch.tensor([0.0, 1e-45, -1e-40, 1e-30]).view(1, 4, 1).repeat(1, 1, 6)
        found = unpack(*pack(weight, dtype), (1, 4, 6), torch.float32)
        assert found[0, 0].eq(0).all()
        assert (found - weight).abs().max() <= 1e-32

    @pytest.mark.parametrize("wrong", [torch.nan, torch.inf, -torch.inf, 1e30])
    @pytest.mark.parametrize("dtype", DTYPES)
    def test_is_refused_where_it_is_no_number_or_too_large(self, dtype, wrong):
        learned = network(2, 3)
        with torch.no_grad():
            learned.layers[0].weight[1, 2, 0] = wrong
        with pytest.raises(UsageError, match="only finite weights"):
            bake(learned, dtype)


class TestABakedNetwork:
    @pytest.mark.parametrize(("dtype", "largest"), [("int8", 0.02), ("float16", 1e-3), ("bfloat16", 0.006)])
    def test_is_near_what_it_was_made_of_and_says_how_near(self, dtype, largest):
        learned, x = network(21, 64, 64, 24, grid_range=(-3.0, 3.0)), torch.randn(200, 21)
        error = bake(learned, dtype, x).error
        assert error is not None and error.samples == 200
        assert 0 < error.relative_rms < largest
        again = bake(learned, dtype, x).error_on(x, learned)
        assert again == error

    def test_may_come_from_float64(self):
        learned, x = network(3, 4, 2).double(), around_the_grid(50, 3).double()
        error = bake(learned, "float16", x).error
        assert error is not None and 0 < error.relative_rms < 1e-3

    def test_has_less_error_when_it_knows_what_it_will_meet(self):
        learned, x = network(21, 64, 64, 24), around_the_grid(500, 21)
        seen, unseen = x[:250], x[250:]
        blindly, knowingly = bake(learned), bake(learned, inputs=seen)
        assert knowingly.error_on(unseen, learned).relative_rms < blindly.error_on(unseen, learned).relative_rms

    @pytest.mark.parametrize(("dtype", "least"), [("int8", 3.5), ("float16", 1.9), ("bfloat16", 1.95)])
    def test_is_smaller(self, dtype, least):
        learned = network(21, 64, 64, 24)
        assert 4 * learned.config.parameters / bake(learned, dtype).bytes > least

    def test_gives_no_gradients_and_has_nothing_to_learn(self):
        baked = bake(network(3, 4, 2))
        assert list(baked.parameters()) == []
        x = torch.zeros(2, 3, requires_grad=True)
        assert not baked(x).requires_grad
        assert not baked(x.double()).requires_grad

    def test_does_not_follow_its_network(self):
        learned, x = network(3, 4, 2), around_the_grid(5, 3)
        baked = bake(learned)
        before = baked(x)
        with torch.no_grad():
            for parameter in learned.parameters():
                parameter.zero_()
        assert baked(x).equal(before)

    def test_takes_other_types_and_can_be_moved_and_copied(self):
        baked, x = bake(network(3, 40, 2)), around_the_grid(50, 3)
        expected = baked(x)
        assert baked(x.double()).dtype == torch.float64
        torch.testing.assert_close(baked(x.double()).float(), expected, rtol=1e-5, atol=1e-6)
        assert copy.deepcopy(baked)(x).equal(expected)
        torch.testing.assert_close(baked.double()(x.double()).float(), expected, rtol=1e-5, atol=1e-6)
        torch.testing.assert_close(baked.float()(x), expected, rtol=1e-5, atol=1e-6)

    @pytest.mark.parametrize("shape", [(), (4,), (5, 2)])
    def test_refuses_inputs_of_another_width(self, shape):
        with pytest.raises(UsageError, match="takes 3 features"):
            bake(network(3, 2))(torch.zeros(shape))

    def test_refuses_other_types_of_tables(self):
        with pytest.raises(UsageError, match="dtype must be int8, float16, bfloat16, not int4"):
            bake(network(3, 2), "int4")  # type: ignore[arg-type]


@compiled
class TestTheKernel:
    @pytest.mark.parametrize(
        ("dtype", "outside", "base"), itertools.product(DTYPES, ("zero", "clamp", "linear"), ("silu", "identity"))
    )
    def test_gives_what_plain_pytorch_gives_in_every_mode(self, dtype, outside, base):
        baked, x = bake(network(5, 70, 9, outside=outside, base=base), dtype), around_the_grid(90, 5)
        assert baked.backend == "native"
        torch.testing.assert_close(baked(x), baked.layers(x), rtol=2e-5, atol=2e-6)

    @pytest.mark.parametrize("outputs", [1, 2, 3, 4, 5, 8, 10, 16, 17, 24, 31, 64, 65, 130, 200, 512])
    @pytest.mark.parametrize("dtype", DTYPES)
    def test_gives_it_in_every_width(self, dtype, outputs):
        baked = bake(network(19, outputs), dtype)
        for batch in (0, 1, 2, 40, 64, 130):
            x = around_the_grid(batch, 19)
            torch.testing.assert_close(baked(x), baked.layers(x), rtol=2e-5, atol=5e-6)

    @pytest.mark.parametrize("order", [1, 5])
    def test_gives_it_in_every_order(self, order):
        baked, x = bake(network(5, 7, 3, spline_order=order, grid_size=4)), around_the_grid(70, 5)
        assert baked.backend == "native"
        torch.testing.assert_close(baked(x), baked.layers(x), rtol=2e-5, atol=5e-6)

    @pytest.mark.parametrize("vector_bytes", [16, 32, 64])
    @pytest.mark.parametrize("dtype", DTYPES)
    def test_gives_it_with_vectors_of_every_width(self, dtype, vector_bytes, monkeypatch):
        path = build.library(3, "float", vector_bytes, "baked")
        forward = function_of(native.ctypes.CDLL(str(path)).kan_forward_baked, "pippli")
        monkeypatch.setattr(native, "_forward_of", lambda _: forward)
        for outputs in (1, 10, 24, 130):
            baked = bake(network(19, outputs), dtype)
            for batch in (1, 65):
                x = around_the_grid(batch, 19)
                torch.testing.assert_close(baked(x), baked.layers(x), rtol=2e-5, atol=5e-6)

    @pytest.mark.parametrize("dtype", DTYPES)
    def test_gives_the_same_for_every_split_of_a_batch(self, dtype):
        baked, x = bake(network(21, 64, 24), dtype), around_the_grid(300, 21)
        whole = baked(x)
        for size in (1, 7, 64, 100):
            parts = torch.cat([baked(part) for part in x.split(size)])
            torch.testing.assert_close(parts, whole, rtol=2e-5, atol=2e-6)

    def test_gives_the_same_to_the_last_bit_with_any_number_of_threads(self):
        baked, x = bake(network(40, 48, 5)), around_the_grid(700, 40)
        before, results = torch.get_num_threads(), []
        for threads in (1, 2, 3):
            torch.set_num_threads(threads)
            results.append(baked(x))
        torch.set_num_threads(before)
        assert results[0].equal(results[1]) and results[0].equal(results[2])

    @pytest.mark.parametrize("dtype", DTYPES)
    def test_does_not_hide_what_is_no_number(self, dtype):
        x = torch.tensor([[0.1, torch.nan], [0.1, 0.2], [torch.nan, 0.0]])
        assert bake(network(2, 4), dtype)(x).isnan().all(1).tolist() == [True, False, True]

    def test_is_done_without_where_one_asks_for_it(self, monkeypatch):
        learned, x = network(3, 4), around_the_grid(5, 3)
        expected = bake(learned)(x)
        monkeypatch.setenv("KAN_BACKEND", "plain")
        native._forward_of.cache_clear()
        baked = bake(learned)
        assert baked.backend == "plain"
        native._forward_of.cache_clear()
        torch.testing.assert_close(baked(x), expected, rtol=2e-5, atol=2e-6)


class TestAFile:
    @pytest.mark.parametrize("dtype", DTYPES)
    def test_gives_back_the_same_network_to_the_last_bit(self, dtype, tmp_path):
        x = around_the_grid(70, 5)
        baked = bake(network(5, 9, 3, outside="linear", base="identity"), dtype, x)
        baked.save(tmp_path / "baked")
        loaded = BakedKAN.load(tmp_path / "baked")
        assert loaded(x).equal(baked(x))
        assert (loaded.dtype, loaded.error, loaded.bytes) == (baked.dtype, baked.error, baked.bytes)

    def test_of_a_later_version_is_refused_in_these_words(self, tmp_path):
        changed(tmp_path / "baked", format_version=2, of_the_future=True)
        with pytest.raises(UsageError, match="was written by a later version"):
            BakedKAN.load(tmp_path / "baked")

    @pytest.mark.parametrize(
        "lie",
        [
            {"dtype": "float16"},
            {"dtype": "int4"},
            {"layers": []},
            {"unknown": 1},
            {"layers": [{"layers": [3, 4000], "grid_size": 5}]},
            {"layers": [{"layers": [3, 4], "grid_size": 600}]},
            {"layers": [{"layers": [3, 4], "spline_order": 70}]},
            {"layers": [{"layers": [3, 4, 2]}]},
            {"layers": [{"layers": [3, 4]}, {"layers": [5, 4]}]},
        ],
    )
    def test_that_says_what_it_is_not_is_refused(self, lie, tmp_path):
        changed(tmp_path / "baked", **lie)
        with pytest.raises(UsageError, match="is damaged, or no baked network"):
            BakedKAN.load(tmp_path / "baked")

    def test_cut_off_anywhere_is_refused(self, tmp_path):
        bake(network(3, 4)).save(tmp_path / "whole")
        content = (tmp_path / "whole").read_bytes()
        for length in (0, 4, 8, 50, len(content) // 2, len(content) - 1):
            (tmp_path / "part").write_bytes(content[:length])
            with pytest.raises(UsageError, match="is damaged"):
                BakedKAN.load(tmp_path / "part")

    def test_of_another_kind_is_refused(self, tmp_path):
        safetensors.torch.save_file({"x": torch.zeros(3)}, tmp_path / "other")
        with pytest.raises(UsageError, match="does not say what was baked"):
            BakedKAN.load(tmp_path / "other")
        with pytest.raises(UsageError, match="cannot be read"):
            BakedKAN.load(tmp_path / "none")
        with pytest.raises(UsageError, match="cannot be written"):
            bake(network(3, 4)).save(tmp_path / "no" / "folder")


def changed(path: Path, **description: object) -> None:
    """A baked [3, 4] whose description says something else."""
    bake(network(3, 4)).save(path)
    with safetensors.safe_open(path, "pt") as file:
        said = json.loads(file.metadata()[KEY])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    safetensors.torch.save_file(tensors, path, {KEY: json.dumps({**said, **description})})
