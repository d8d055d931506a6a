"""All that a training is beside its step and its settings, as tensors: what a checkpoint holds."""

from __future__ import annotations

import zlib
from collections import defaultdict

import torch
from torch import Tensor, nn

from kan_trainer.tasks.task import Task
from kan_trainer.training.checkpoint import Tensors


def copied(network: nn.Module) -> Tensors:
    """The tensors of `network` as they are now, on the CPU."""
    return {name: tensor.detach().cpu().clone() for name, tensor in network.state_dict().items()}


def training_state(optimizer: torch.optim.Optimizer, device: torch.device) -> Tensors:
    """The moments and counters of `optimizer`, and the states of the random number generators."""
    state = {
        f"optimizer.{number}.{name}": tensor.cpu()
        for number, moments in optimizer.state_dict()["state"].items()
        for name, tensor in moments.items()
    }
    state["random.cpu"] = torch.get_rng_state()
    if device.type == "cuda":
        state["random.cuda"] = torch.cuda.get_rng_state(device)
    return state


def restore(state: Tensors, optimizer: torch.optim.Optimizer, device: torch.device) -> None:
    """Puts back what `training_state` gave; a generator that it did not know stays as it is."""
    moments: dict[int, dict[str, Tensor]] = defaultdict(dict)
    for key, tensor in state.items():
        if key.startswith("optimizer."):
            _, number, name = key.split(".")
            moments[int(number)][name] = tensor
    optimizer.load_state_dict({"state": dict(moments), "param_groups": optimizer.state_dict()["param_groups"]})
    torch.set_rng_state(state["random.cpu"])
    if device.type == "cuda" and "random.cuda" in state:
        torch.cuda.set_rng_state(state["random.cuda"], device)


def checksum(task: Task) -> int:
    """A CRC-32 of all examples of `task`."""
    total = 0
    for examples in (task.training, task.validation):
        for tensor in (examples.inputs, examples.targets):
            total = zlib.crc32(tensor.contiguous().numpy().data, total)
    return total
