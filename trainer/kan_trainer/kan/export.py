"""Networks as others run them: a program of torch's, or an ONNX model, neither of which needs this package."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.export import Dim, ExportedProgram

from kan_shared.errors import MissingExtra, UsageError
from kan_trainer.kan.baked import BakedKAN, BakedLayer
from kan_trainer.kan.layer import KANLayer
from kan_trainer.kan.network import KAN


def export_program(network: KAN | BakedKAN) -> ExportedProgram:
    """`network` as a program of torch's own operations, for inputs `(batch, inputs)` with any batch.

    `torch.export.save(program, path)` writes it; who loads it needs torch alone.
    """
    return torch.export.export(network, (_example(network),), dynamic_shapes=({0: Dim("batch")},))


def export_onnx(network: KAN, path: str | os.PathLike[str]) -> None:
    """Writes `network` as `path`, an ONNX model: from `x`, `(batch, inputs)` with any batch, to `y`.

    Raises:
        MissingExtra: onnx or onnxscript is not installed.
        UsageError: The file cannot be written.
    """
    try:
        import onnx  # noqa: F401
        import onnxscript  # noqa: F401
    except ModuleNotFoundError as error:
        raise MissingExtra("export_onnx", "onnx", error.name or "onnx") from error
    with _quiet():
        made: Any = torch.onnx.export(
            export_program(network), dynamo=True, input_names=["x"], output_names=["y"], verbose=False
        )
    assert made is not None, "dynamo=True gives a program"
    for node in made.model.graph.all_nodes():
        node.metadata_props.clear()  # where each came from, with the paths of this machine: most of a small file
    try:
        made.save(Path(path), external_data=False)
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror or error}): choose another place.") from error


def _example(network: KAN | BakedKAN) -> Tensor:
    first = network.kan_layers[0].weight if isinstance(network, KAN) else torch.empty(0)
    layer = network.layers[0]
    assert isinstance(layer, KANLayer | BakedLayer)
    return first.new_zeros(2, layer.config.layers[0])  # of one sample it would be taken that there is never more


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what torch says of itself: its own deprecations, and that torchvision is not there."""
    logger = logging.getLogger("torch.onnx._internal.exporter._registration")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
