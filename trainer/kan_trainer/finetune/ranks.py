"""The processes that torchrun started for one training: the first leads, the others follow.

Each step's micro-batches are dealt out among them, so that how many they are changes a run by no more than rounding.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from enum import IntEnum
from pathlib import Path
from typing import Final

import torch
from torch import Tensor, distributed, nn
from torch.nn.parallel import DistributedDataParallel

from kan_shared.errors import UsageError
from kan_trainer.finetune.libraries import quietly
from kan_trainer.finetune.sharding import shard, whole_outside_layers

CPU: Final = torch.device("cpu")
#: A pause may be long.
_PATIENCE: Final = timedelta(days=365)


class Order(IntEnum):
    """What the first process does next, and the others with it."""

    STEP = 0
    VALIDATE = 1
    SAMPLE = 2
    GATHER_MODEL = 3
    GATHER = 4
    END = 5


class Elsewhere(UsageError):
    """The training cannot begin for what another process says."""


class Ranks:
    """The processes that train one model together; of this class itself, this one alone.

    Attributes:
        rank: Which one this is.
        count: How many they are.
        device: Where it computes.
        sharded: Whether each holds but a part of the model: then whatever needs all of it, all do together.
    """

    rank, count, sharded = 0, 1, False

    def __init__(self, device: torch.device = CPU) -> None:
        self.device = device

    def told(self, directory: Path | None) -> Path:
        """The run's directory, which the first process knows."""
        assert directory is not None
        return directory

    def agree(self, failure: str = "", beginning: str = "") -> None:
        """Waits until all are ready to train together.

        Args:
            failure: Why this process is not.
            beginning: Where it would begin.

        Raises:
            Elsewhere: A process is not ready, or would begin somewhere else than the first.
        """

    def order(self, order: Order) -> None:
        """Tells the others, as the first process, what comes next."""

    def next_order(self) -> Order:
        """What the first process does next."""
        return Order.END

    def wrap(self, loss: nn.Module) -> nn.Module:
        """`loss` such that the gradients of all processes come together."""
        return loss

    def apart(self, _: nn.Module, /) -> AbstractContextManager[object]:
        """Inside the block gradients stay in this process."""
        return nullcontext()

    def whole(self, _: nn.Module, /) -> AbstractContextManager[object]:
        """Inside the block the model can be called without its loss."""
        return nullcontext()

    def total(self, values: Tensor) -> Tensor:
        """The sum of `values` over all processes."""
        return values


class Together(Ranks):
    """One of several, each of which holds the whole model."""

    def __init__(self, device: torch.device) -> None:
        super().__init__(device)
        self.rank, self.count = distributed.get_rank(), distributed.get_world_size()
        # Orders go by the host, so that a device never waits for them.
        self._orders = distributed.new_group(backend="gloo", timeout=_PATIENCE)

    def told(self, directory: Path | None) -> Path:
        """What the first process calls it with, in all of them."""
        box = [str(directory)]
        distributed.broadcast_object_list(box, 0, group=self._orders)
        return Path(box[0])

    def agree(self, failure: str = "", beginning: str = "") -> None:
        """Waits until all are ready."""
        said = [("", "")] * self.count
        distributed.all_gather_object(said, (failure, beginning), group=self._orders)
        for rank, (failed, begins) in enumerate(said):
            if failed:
                raise Elsewhere(f"rank {rank} cannot take part: {failed}")
            if begins != said[0][1]:
                raise Elsewhere(
                    f"rank {rank} would begin at {begins}, the first one at {said[0][1]}: all need the same settings,"
                    " and the same --output and --dataset on a file system that they share."
                )

    def order(self, order: Order) -> None:
        """Tells the others what comes next."""
        distributed.broadcast(torch.tensor([order.value]), 0, group=self._orders)

    def next_order(self) -> Order:
        """Waits for what comes next."""
        told = torch.zeros(1, dtype=torch.long)
        distributed.broadcast(told, 0, group=self._orders)
        return Order(int(told))

    def wrap(self, loss: nn.Module) -> nn.Module:
        """`loss` with the averages of all processes' gradients."""
        self.agree()  # before anything else that all do together
        device = next(loss.parameters()).device
        devices = [device.index] if device.type == "cuda" else None
        with quietly():  # the name that is deprecated is the only one that older versions know
            return DistributedDataParallel(loss, device_ids=devices, broadcast_buffers=False)

    def apart(self, loss: nn.Module, /) -> AbstractContextManager[object]:
        """Inside the block nothing is averaged."""
        assert isinstance(loss, DistributedDataParallel)
        return loss.no_sync()

    def total(self, values: Tensor) -> Tensor:
        """The sum over all processes."""
        distributed.all_reduce(values)
        return values


class Sharded(Together):
    """One of several, each of which holds a part of the model."""

    sharded = True

    def wrap(self, loss: nn.Module) -> nn.Module:
        """`loss` in parts."""
        self.agree()
        return shard(loss, self.count)

    def apart(self, _: nn.Module, /) -> AbstractContextManager[object]:
        """Nothing: gradients of the whole model would need the room that parts are made to save."""
        return nullcontext()

    def whole(self, loss: nn.Module, /) -> AbstractContextManager[object]:
        """Inside the block what is outside of its layers is whole."""
        return whole_outside_layers(loss)
