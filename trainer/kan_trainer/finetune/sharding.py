"""A model in parts: each process holds a part of every weight, and has the whole of a layer while it computes it.

Frozen weights may be of any type, 4-bit ones among them: they are handed round as they are, and have no gradients.

Source: Y. Zhao et al., PyTorch FSDP, arXiv:2304.11277; what is used is its second version, `fully_shard`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

from torch import Tensor, nn

from kan_trainer.finetune.inference import underlying

# torch's part of it is imported where it is needed: that takes half a second.


def shard(loss: nn.Module, count: int) -> nn.Module:
    """`loss`, which has a `model`, in `count` parts: each of its layers, and all else together."""
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    mesh = init_device_mesh(next(loss.parameters()).device.type, (count,))
    causal = underlying(loss.model)
    layers = set(causal._no_split_modules or ())
    for module in causal.modules():
        if type(module).__name__ in layers:
            fully_shard(module, mesh=mesh)
    # By default the rest would stay whole after a validation, and be out of date after the next step.
    return cast(nn.Module, fully_shard(loss, mesh=mesh, reshard_after_forward=True))


@contextmanager
def whole_outside_layers(loss: Any) -> Iterator[None]:
    """Inside the block what is in no layer is whole: for who calls the model, and not `loss`."""
    loss.unshard()
    try:
        yield
    finally:
        loss.reshard()


def whole(tensor: Tensor) -> Tensor:
    """All of `tensor`; where other processes hold parts of it, all ask for it together."""
    return cast(Any, tensor).full_tensor() if _is_part(tensor) else tensor


def gathered(tensors: Mapping[str, Tensor], *, keep: bool) -> dict[str, Tensor]:
    """Copies of whole tensors, on the CPU; unless they are to be kept this only helps the others to them."""
    copies = {}
    for name, tensor in tensors.items():
        full = whole(tensor.detach())
        if keep:
            copies[name] = full.to("cpu", copy=True).contiguous()
    return copies


def like(value: Tensor, held: Tensor) -> Tensor:
    """`value`, which every process has whole, where `held` is; of one that is in parts, the part of this process."""
    value = value.to(held.device)
    if not _is_part(held) or value.shape != held.shape:
        return value
    from torch.distributed.tensor import DTensor, distribute_tensor

    assert isinstance(held, DTensor)
    return distribute_tensor(value, held.device_mesh, held.placements, src_data_rank=None)


def _is_part(tensor: Tensor) -> bool:
    return hasattr(tensor, "full_tensor")
