"""All that a training is beside its step and its settings, as tensors: what a checkpoint holds."""

from __future__ import annotations

import zlib

import msgspec
import torch
from torch import nn

from kan_trainer.kan.step import TrainStep
from kan_trainer.tasks.task import Task
from kan_trainer.training.checkpoint import Tensors


def copied(network: nn.Module) -> Tensors:
    """The tensors of `network` as they are now, on the CPU."""
    return {name: tensor.detach().cpu().clone() for name, tensor in network.state_dict().items()}


def training_state(step: TrainStep, device: torch.device) -> Tensors:
    """The moments and the counter of `step`, where its grids are, and the states of the random number generators."""
    state = {f"optimizer.{name}": torch.as_tensor(value).cpu() for name, value in step.state_dict().items()}
    ranges = [layer.config.grid_range for layer in step.network.kan_layers]
    state["network.grids"] = torch.tensor(ranges, dtype=torch.float64)
    state["random.cpu"] = torch.get_rng_state()
    if device.type == "cuda":
        state["random.cuda"] = torch.cuda.get_rng_state(device)
    return state


def restore(state: Tensors, step: TrainStep, device: torch.device) -> None:
    """Puts back what `training_state` gave; a generator that it did not know stays as it is."""
    if "optimizer.mean" not in state:
        state = {**state, **_of_version_1(state)}
    for layer, (low, high) in zip(
        step.network.kan_layers, state.get("network.grids", torch.empty(0)).tolist(), strict=False
    ):
        layer.config = msgspec.structs.replace(layer.config, grid_range=(low, high))
    step.load_state_dict({name: state[f"optimizer.{name}"] for name in ("mean", "square", "number")})
    torch.set_rng_state(state["random.cpu"])
    if device.type == "cuda" and "random.cuda" in state:
        torch.cuda.set_rng_state(state["random.cuda"], device)


def _of_version_1(state: Tensors) -> Tensors:
    """That kept what PyTorch's AdamW has of each parameter, `optimizer.0.exp_avg` and so on."""
    numbers = range(sum(name.endswith(".exp_avg") for name in state))
    mean, square = (
        torch.cat([state[f"optimizer.{number}.{name}"].flatten() for number in numbers])
        for name in ("exp_avg", "exp_avg_sq")
    )
    return {"optimizer.mean": mean, "optimizer.square": square, "optimizer.number": state["optimizer.0.step"]}


def checksum(task: Task) -> int:
    """A CRC-32 of all examples of `task`."""
    total = 0
    for examples in (task.training, task.validation):
        for tensor in (examples.inputs, examples.targets):
            total = zlib.crc32(tensor.contiguous().numpy().data, total)
    return total
