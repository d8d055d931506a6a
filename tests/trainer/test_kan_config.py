"""The configuration of a network: its presets, an error for each mistake, and what it will take of memory."""

from __future__ import annotations

import gc
import itertools
import re

import msgspec
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from kan_shared.errors import UsageError
from kan_trainer.kan import KAN, KANConfig, KANLayer, memory
from kan_trainer.kan.config import SplineConfig
from kan_trainer.kan.presets import PRESETS
from kan_trainer.kan.step import TrainStep

INFINITE = float("inf")


class TestAPreset:
    @pytest.mark.parametrize("name", PRESETS)
    def test_is_a_network_that_can_be_built(self, name):
        network = KAN.from_config(KANConfig.preset(name))
        assert network(torch.zeros(2, network.config.layers[0])).shape == (2, network.config.layers[-1])

    def test_of_arkan_is_the_network_that_arkan_is_measured_on(self):
        config = KANConfig.preset("arkan")
        assert config.layers == (21, 64, 64, 24)
        assert (config.grid_size, config.spline_order, config.grid_range) == (5, 3, (-3.0, 3.0))

    def test_may_be_taken_with_changes(self):
        config = KANConfig.preset("mnist", layers=[784, 32, 10])
        assert config.layers == (784, 32, 10)
        assert config.grid_size == KANConfig.preset("mnist").grid_size

    def test_that_is_none_is_answered_with_those_that_are(self):
        with pytest.raises(UsageError, match=f"the preset must be {', '.join(PRESETS)}, not minst"):
            KANConfig.preset("minst")


class TestAMistake:
    @pytest.mark.parametrize(
        ("mistake", "said"),
        [
            ({"layers": 5}, "layers must be at least two numbers, inputs and outputs, not 5."),
            ({"layers": ()}, "layers must be at least two numbers, inputs and outputs, not ()."),
            ({"layers": (3, -1)}, "layers must be whole numbers of at least 1, not (3, -1)."),
            ({"layers": (3, 2.5)}, "layers must be whole numbers of at least 1, not (3, 2.5)."),
            ({"layers": (3, "2")}, "layers must be whole numbers of at least 1, not (3, '2')."),
            ({"layers": (3, None)}, "layers must be whole numbers of at least 1, not (3, None)."),
            ({"layers": (2**62, 2**62)}, "parameters must be at most 2147483647, not "),
            ({"layers": (1, 10**30)}, "parameters must be at most 2147483647, not "),
            ({"layers": (2**20, 2**20), "grid_size": 1024}, "parameters must be at most 2147483647, not "),
            ({"grid_size": 2.0}, "grid_size must be 1 … 1024, not 2.0."),
            ({"grid_size": "5"}, "grid_size must be 1 … 1024, not 5."),
            ({"grid_size": True}, "grid_size must be 1 … 1024, not True."),
            ({"grid_size": -1}, "grid_size must be 1 … 1024, not -1."),
            ({"spline_order": None}, "spline_order must be 1 … 7, not None."),
            ({"grid_range": 1.0}, "grid_range must be two finite numbers, the lower one first, not 1.0."),
            ({"grid_range": (0, 1, 2)}, "grid_range must be two finite numbers, the lower one first, not (0, 1, 2)."),
            ({"grid_range": (1, -1)}, "grid_range must be two finite numbers, the lower one first, not (1, -1)."),
            (
                {"grid_range": (0, INFINITE)},
                "grid_range must be two finite numbers, the lower one first, not (0, inf).",
            ),
            ({"grid_range": (-1e38, 1e38)}, "grid_range must be within ±1e+37, not (-1e+38, 1e+38)."),
            ({"grid_range": (1, 1 + 1e-13)}, "grid_range must be wide enough for 5 intervals that differ, not (1, 1.0"),
            ({"grid_range": (0, 1e-40)}, "grid_range must be wide enough for 5 intervals that differ, not (0, 1e-40)."),
            ({"outside": "mirror"}, "outside must be zero, clamp, linear, not mirror."),
            ({"base": None}, "base must be silu or identity, not None."),
        ],
    )
    def test_has_an_error_of_its_own(self, mistake, said):
        with pytest.raises(UsageError, match="^" + re.escape(said)):
            KAN(**{"layers": (2, 2), **mistake})
        with pytest.raises(UsageError, match="^" + re.escape(said)):
            KANConfig(**{"layers": (2, 2), **mistake})

    def test_in_one_layer_is_told_as_well(self):
        with pytest.raises(UsageError, match="layers must be whole numbers of at least 1"):
            KANLayer(0, 3)
        with pytest.raises(UsageError, match="spline_order must be 1 … 7, not 9"):
            KANLayer(2, 3, spline_order=9)

    @pytest.mark.parametrize(
        ("mistake", "said"),
        [
            ({"batch_size": -1}, "batch_size must be 0 or more, not -1"),
            ({"batch_size": 1.5}, "batch_size must be 0 or more, not 1.5"),
            (
                {"batch_size": 1, "dtype": torch.int8},
                "dtype must be float16, bfloat16, float32, float64, not torch.int8",
            ),
        ],
    )
    def test_in_what_is_estimated_is_told_as_well(self, mistake, said):
        with pytest.raises(UsageError, match=said):
            KANConfig(layers=(2, 1)).memory_bytes(**mistake)

    @given(st.lists(st.integers(1, 40), min_size=2, max_size=5), st.integers(1, 64), st.integers(1, 7))
    def test_is_nothing_that_is_within_its_bounds(self, layers, grid_size, spline_order):
        config = KANConfig(layers=layers, grid_size=grid_size, spline_order=spline_order)
        pairs = itertools.pairwise(layers)
        assert config.rows == grid_size + spline_order + 1
        assert config.parameters == sum(inputs * outputs * config.rows + outputs for inputs, outputs in pairs)


class TestAConfiguration:
    def test_takes_numbers_of_other_types_and_is_one_of_its_own(self):
        given = KANConfig(layers=np.array([2, 3]), grid_size=np.int64(4), grid_range=[-1, np.float32(2)])
        assert given == KANConfig(layers=(2, 3), grid_size=4, grid_range=(-1.0, 2.0))
        assert hash(given) == hash(KANConfig(layers=(2, 3), grid_size=4, grid_range=(-1.0, 2.0)))
        assert msgspec.json.decode(msgspec.json.encode(given), type=KANConfig) == given

    def test_that_is_changed_is_checked_again(self):
        with pytest.raises(UsageError, match="grid_size"):
            msgspec.structs.replace(SplineConfig(), grid_size=0)


class TestMemory:
    @staticmethod
    def held() -> int:
        """Bytes of all tensors that there are."""
        gc.collect()
        storages = {
            tensor.untyped_storage().data_ptr(): tensor.untyped_storage().nbytes()
            for tensor in gc.get_objects()
            if type(tensor) in (torch.Tensor, torch.nn.Parameter)
        }
        return sum(storages.values())

    @pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
    @pytest.mark.parametrize(("layers", "batch"), [([784, 64, 10], 3), ([3, 200, 5], 1000), ([64] * 4, 200)])
    def test_is_what_training_takes(self, layers, batch, dtype):
        before = self.held()
        network = KAN(layers).to(dtype)
        step = TrainStep(network)
        if step.backend != "native":
            pytest.skip("there is no C++ compiler")
        x, targets = torch.randn(batch, layers[0], dtype=dtype), torch.randn(batch, layers[-1], dtype=dtype)
        step(x, targets)
        estimated = network.config.memory_bytes(batch_size=batch, dtype=dtype)
        assert self.held() - before == pytest.approx(estimated, rel=0.001, abs=1024)

    @pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
    def test_is_what_answering_takes(self, dtype):
        before = self.held()
        network, x = KAN([50, 200, 7]).to(dtype), torch.randn(1000, 50, dtype=dtype)
        with torch.no_grad():
            y = network(x)
        estimated = network.config.memory_bytes(batch_size=len(y), training=False, dtype=str(dtype))
        assert self.held() - before == pytest.approx(estimated, rel=0.001, abs=1024)

    def test_that_is_not_there_is_said_before_it_is_taken(self, monkeypatch):
        monkeypatch.setattr(memory, "available_bytes", lambda: 2**30)
        said = r"a network of 335552512 parameters takes 1.25 GiB of memory, and 1.00 GiB are free"
        held = self.held()
        with pytest.raises(UsageError, match=said):
            KAN([4096, 4096, 4096], grid_size=6)
        with pytest.raises(UsageError, match="are free: make it smaller, or make room"):
            KANLayer(8192, 8192)
        assert self.held() == held
        assert KAN([4096, 64, 4096])(torch.zeros(1, 4096)).shape == (1, 4096), "what fits is built all the same"

    def test_of_another_device_is_not_asked_for_here(self, monkeypatch):
        monkeypatch.setattr(memory, "available_bytes", lambda: 2**30)
        with torch.device("meta"):
            assert KAN([4096, 4096, 4096]).config.layers == (4096, 4096, 4096)

    def test_of_the_machine_is_known(self):
        assert 2**20 < memory.available_bytes() < 2**50

    @pytest.mark.parametrize("gradients", [True, False])
    def test_that_runs_out_leaves_the_network_as_it_was(self, gradients):
        network, x = KAN([3, 40, 2]), torch.randn(5, 3)
        with torch.set_grad_enabled(gradients):
            before = network(x).detach()
            with pytest.raises(RuntimeError, match=r"can't allocate memory|bad_alloc"):
                network(torch.zeros(1, 3).expand(2**45, 3))
            assert network(x).equal(before)
