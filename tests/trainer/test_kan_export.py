"""Networks that leave: as programs of torch's, as ONNX, and through a compiler."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from kan_shared.errors import MissingExtra, UsageError
from kan_trainer.kan import KAN, KANConfig, bake, bspline_basis, export_onnx, export_program
from kan_trainer.kan.kernels import plain

MODES = list(itertools.product(("zero", "clamp", "linear"), ("silu", "identity")))

#: What someone does who has torch alone.
ELSEWHERE = """
import sys, torch
program = torch.export.load(sys.argv[1])
torch.save(program.module()(torch.load(sys.argv[2])), sys.argv[3])
assert not any(name.startswith(("kan_trainer", "kan_shared")) for name in sys.modules)
"""


def network(outside: str, base: str) -> KAN:
    torch.manual_seed(0)
    config = KANConfig(layers=(3, 5, 2), grid_size=4, outside=outside, base=base)  # type: ignore[arg-type]
    return KAN.from_config(config)


def inputs(batch: int) -> torch.Tensor:
    return torch.rand(batch, 3, generator=torch.Generator().manual_seed(batch)) * 4 - 2


def test_a_program_runs_where_this_package_is_not(tmp_path: Path) -> None:
    learned, x = network("zero", "silu"), inputs(7)
    torch.export.save(export_program(learned), tmp_path / "network.pt2")
    torch.save(x, tmp_path / "x")
    arguments = [str(tmp_path / name) for name in ("network.pt2", "x", "y")]
    subprocess.run([sys.executable, "-I", "-W", "ignore", "-c", ELSEWHERE, *arguments], check=True, cwd=tmp_path)
    torch.testing.assert_close(torch.load(tmp_path / "y"), learned(x), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("outside", "base"), MODES)
def test_a_program_takes_any_batch(outside: str, base: str) -> None:
    learned = network(outside, base)
    program = export_program(learned).module()
    for batch in (1, 2, 33):
        torch.testing.assert_close(program(inputs(batch)), learned(inputs(batch)), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("dtype", ["int8", "float16", "bfloat16"])
def test_a_baked_network_is_a_program_too(dtype: str) -> None:
    baked = bake(network("clamp", "silu"), dtype)  # type: ignore[arg-type]
    program = export_program(baked).module()
    torch.testing.assert_close(program(inputs(9)), baked(inputs(9)), rtol=1e-5, atol=1e-6)


def test_an_export_leaves_nothing_behind() -> None:
    torch.manual_seed(0)
    learned = KAN([3, 2], spline_order=6)  # whose coefficients nobody has used yet
    export_program(learned)
    layer = learned.kan_layers[0]
    y = plain.forward(inputs(4), layer.weight, layer.bias, layer.config)
    assert type(y) is torch.Tensor
    torch.testing.assert_close(y, learned(inputs(4)), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("outside", "base"), [("zero", "silu"), ("clamp", "identity"), ("linear", "silu")])
def test_an_onnx_model_gives_the_same_outputs(outside: str, base: str, tmp_path: Path) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    learned, path = network(outside, base), tmp_path / "network.onnx"
    export_onnx(learned, path)
    session = onnxruntime.InferenceSession(path)
    far = torch.tensor([[1e30, 0.0, 0.0], [-88.8, 1.0, -1.0]])
    for x in (inputs(1), inputs(33), far):
        (found,) = session.run(["y"], {"x": x.numpy()})
        torch.testing.assert_close(torch.from_numpy(found), learned(x).detach(), rtol=1e-5, atol=1e-5)
    (found,) = session.run(None, {"x": torch.full((1, 3), torch.nan).numpy()})
    assert torch.from_numpy(found).isnan().all()


def test_an_onnx_model_is_one_small_file_that_tells_nothing_of_this_machine(tmp_path: Path) -> None:
    pytest.importorskip("onnxscript")
    torch.manual_seed(0)
    learned = KAN([21, 64, 24]).double()
    export_onnx(learned, tmp_path / "network.onnx")
    assert [path.name for path in tmp_path.iterdir()] == ["network.onnx"]
    content = (tmp_path / "network.onnx").read_bytes()
    assert len(content) < 8 * learned.config.parameters + 20_000
    assert str(Path(__file__).parents[2]).encode() not in content
    with pytest.raises(UsageError, match="cannot be written"):
        export_onnx(KAN([1, 1]), tmp_path / "no" / "folder")


def test_without_onnx_one_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "onnxscript", None)
    with pytest.raises(MissingExtra, match=r"export_onnx needs onnxscript.*kan-monitor\[onnx\]"):
        export_onnx(KAN([1, 1]), tmp_path / "network.onnx")


def test_a_compiler_gives_the_same_outputs() -> None:
    torch.manual_seed(0)
    learned, x = KAN([3, 5, 2]), inputs(64)
    compiled = torch.compile(learned, backend="aot_eager", fullgraph=True)
    torch.testing.assert_close(compiled(x), learned(x), rtol=1e-6, atol=1e-6)


def test_the_basis_alone_can_be_traced() -> None:
    class Basis(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return bspline_basis(x, grid_size=3, spline_order=2, grid_range=(-1.0, 1.0), outside="linear")

    x = inputs(5)
    torch.testing.assert_close(torch.export.export(Basis(), (x,)).module()(x), Basis()(x))
