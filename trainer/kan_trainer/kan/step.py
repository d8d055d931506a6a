"""A whole training step in one call: forward, loss, backward, clipping and AdamW.

By the compiled kernel it is one call of C, which allocates nothing once it has seen the batch size; otherwise it is
PyTorch's, with the same results up to rounding. Processes that share a batch bring their gradients together in between.
"""

from __future__ import annotations

import ctypes
import math
from typing import Any, NamedTuple, get_args

import torch
from torch import Tensor

from kan_shared.errors import UsageError
from kan_trainer.checks import require
from kan_trainer.kan.config import room_per_sample
from kan_trainer.kan.kernels.differentiable import Backend
from kan_trainer.kan.kernels.native.library import Memory, Outcome, Rule, no_memory
from kan_trainer.kan.kernels.native.network import hooks_of
from kan_trainer.kan.losses import Loss, loss_of
from kan_trainer.kan.network import KAN


class Stepped(NamedTuple):
    """What a step found: floats, or on a device that need not be waited for, tensors of one element.

    Attributes:
        loss: Before the step; of the whole batch.
        gradient_norm: Over all weights, before it was clipped.
    """

    loss: float | Tensor
    gradient_norm: float | Tensor


class TrainStep:
    """Trains `network`, a step a call, by AdamW.

    Args:
        network: What learns; all of its weights.
        loss: What is minimised; see `losses`.
        learning_rate: May be changed from step to step.
        betas: How much of their past the moments keep.
        epsilon: Added to the root of the second moment.
        weight_decay: Decoupled from the gradient.
        clip: The largest norm of the gradient, over all weights; 0: any.
        delta: Where Huber's loss goes on straight.

    Attributes:
        learning_rate: Of the next step.
        number: Steps done.

    Source: I. Loshchilov and F. Hutter, Decoupled Weight Decay Regularization, arXiv:1711.05101.
    """

    def __init__(
        self,
        network: KAN,
        *,
        loss: Loss = "mse",
        learning_rate: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-8,
        weight_decay: float = 0.01,
        clip: float = 0.0,
        delta: float = 1.0,
    ) -> None:
        require(loss in get_args(Loss), "loss", ", ".join(get_args(Loss)), loss)
        for name, value in {"learning_rate": learning_rate, "weight_decay": weight_decay, "clip": clip}.items():
            require(0 <= value < math.inf, name, "0 or more", value)
        for name, value in {"epsilon": epsilon, "delta": delta}.items():
            require(0 < value < math.inf, name, "more than 0", value)
        require(all(0 <= beta < 1 for beta in betas), "betas", "at least 0 and less than 1", betas)
        self.network = network
        self.learning_rate = learning_rate
        self.number = 0
        self._loss: Loss = loss
        self._group: torch.distributed.ProcessGroup | None = None
        self._settings = *betas, epsilon, weight_decay, clip, delta, 0, get_args(Loss).index(loss)
        like = next(network.parameters()).detach()
        weights = sum(parameter.numel() for parameter in network.parameters())
        self._moments = like.new_zeros(2, weights)
        self._gradient = like.new_zeros(weights + 2)  # and behind it the loss and how much it counts, for the others
        self._room = like.new_empty(0)
        self._room_per_sample = room_per_sample(network.config.layers)
        self._hand_over()

    def _hand_over(self) -> None:
        self._rule, self._outcome = Rule(self.learning_rate, *self._settings), Outcome()
        self._memory = Memory(*(tensor.data_ptr() for tensor in (self._gradient, *self._moments)))
        self._optimizer: torch.optim.AdamW | None = None

    def __getstate__(self) -> dict[str, Any]:
        """A copy has memory of its own."""
        cannot = "_rule", "_outcome", "_memory", "_optimizer"
        return {name: value for name, value in self.__dict__.items() if name not in cannot}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._hand_over()

    @property
    def backend(self) -> Backend:
        """What the next step uses."""
        if self._is_native(self._moments):
            return "native"
        return "triton" if self.network.backend == "triton" else "plain"

    def __call__(self, x: Tensor, targets: Tensor, mask: Tensor | None = None) -> Stepped:
        """Does a step.

        Args:
            x: `(batch, inputs)`.
            targets: `(batch, outputs)`, or for cross-entropy the classes, `(batch,)` of int64.
            mask: What counts, in the shape of `targets`.

        Raises:
            UsageError: A shape or a type is another one, or the network has another size by now.
        """
        is_native = self._is_native(x)
        self._check(x, targets, mask)
        stepped = self._native(x, targets, mask) if is_native else self._plain(x, targets, mask)
        self.number += 1
        torch.autograd.graph.increment_version(self.network.handle.parameters)  # nor does PyTorch's fused AdamW say it
        return stepped

    def share(self, group: torch.distributed.ProcessGroup) -> None:
        """From now on every process of `group` gives its part of each batch, which may be empty.

        All take over the weights and the moments of the first one, and by equal steps they keep the same.
        """
        self._group = group
        number = torch.tensor(self.number, device=self._moments.device)
        for tensor in (number, self._moments, *(parameter.detach() for parameter in self.network.parameters())):
            torch.distributed.broadcast(tensor, group_src=0, group=group)
        self.number = int(number)

    def state_dict(self) -> dict[str, Any]:
        """What the next steps depend on, beside the network: the moments, of all weights in a row, and the step."""
        mean, square = self._moments.clone()
        return {"mean": mean, "square": square, "number": self.number}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on from what `state_dict` gave.

        Raises:
            UsageError: It is of a network of another size.
        """
        mean, square = (state[name] for name in ("mean", "square"))
        for given in (mean, square):
            if given.shape != self._moments[0].shape:
                raise UsageError(f"the state of a training of {len(given)} weights does not fit a network of "
                                 f"{self._moments.shape[1]}.")  # fmt: skip
        self._moments[0], self._moments[1] = mean, square
        self.number = int(state["number"])
        self._optimizer = None

    def _is_native(self, x: Tensor) -> bool:
        """Whether the kernel can do it all: every weight learns, and nobody listens in between, or has his own ways."""
        network, handle = self.network, self.network.handle
        return (
            handle.is_ready(x)
            and type(network).forward is KAN.forward
            and not any(hooks_of(network))
            and all(p.requires_grad and not p._backward_hooks for p in handle.parameters)
        )

    def _native(self, x: Tensor, targets: Tensor, mask: Tensor | None) -> Stepped:
        library, structs, batch = self.network.handle.library, self.network.handle.structs, len(x)
        assert library is not None
        x, targets, mask = x.contiguous(), targets.contiguous(), None if mask is None else mask.to(x.dtype).contiguous()
        self._rule.rate, self._rule.number = self.learning_rate, self.number + 1
        self._optimizer = None  # it counts steps by itself
        if len(self._room) < batch * self._room_per_sample:
            self._room = x.new_empty(batch * self._room_per_sample)
        network = structs, len(structs), ctypes.byref(self._rule), ctypes.byref(self._memory)
        mask_pointer = None if mask is None else mask.data_ptr()
        data = x.data_ptr(), targets.data_ptr(), mask_pointer, self._room.data_ptr(), batch
        ending = torch.get_num_threads(), ctypes.byref(self._outcome)
        if self._group is None:
            failed = library.train(*network, *data, *ending)
            loss: float | Tensor = self._outcome.loss
        else:
            failed = library.gradient(*network, *data, *ending)
            loss = self._brought_together(self._outcome.loss, targets, mask)
            failed = failed or library.apply(*network, *ending)
        if failed:
            raise no_memory()
        return Stepped(loss, self._outcome.norm)

    def _plain(self, x: Tensor, targets: Tensor, mask: Tensor | None) -> Stepped:
        optimizer, gradient = self._torch_optimizer(), self._gradient[:-2]
        gradient.zero_()
        loss = gradient.new_zeros(())
        if len(x):  # a mean of nothing is no number
            with torch.enable_grad():
                loss = loss_of(self._loss, self.network(x), targets, mask, delta=self._rule.delta)
                loss.backward()  # type: ignore[no-untyped-call]
        found = loss.detach() if self._group is None else self._brought_together(loss.detach(), targets, mask)
        norm = torch.linalg.vector_norm(gradient)
        if self._rule.clip > 0:
            gradient.mul_((self._rule.clip / (norm + 1e-6)).clamp(max=1))
        optimizer.param_groups[0]["lr"] = self.learning_rate
        optimizer.step()
        return Stepped(found, norm)

    def _brought_together(self, loss: float | Tensor, targets: Tensor, mask: Tensor | None) -> Tensor:
        """Averages gradient and loss over the processes, each as much as its part counts; the loss."""
        counts = targets.numel() if mask is None else mask.sum()
        self._gradient[-2], self._gradient[-1] = loss, 1
        self._gradient.mul_(counts)
        torch.distributed.all_reduce(self._gradient, group=self._group)
        total = self._gradient[-1].clone()
        self._gradient.div_(total.where(total > 0, 1))
        return self._gradient[-2].clone()

    def _torch_optimizer(self) -> torch.optim.AdamW:
        """PyTorch's, over the same memory."""
        parameters, rule, begin = self.network.handle.parameters, self._rule, 0
        of_others = self._optimizer and any(p not in self._optimizer.state for p in parameters)
        if self._optimizer is None or of_others:
            betas = rule.beta1, rule.beta2
            self._optimizer = torch.optim.AdamW(
                parameters, betas=betas, eps=rule.epsilon, weight_decay=rule.decay, fused=True
            )
        for parameter in parameters:
            here = slice(begin, begin + parameter.numel())
            parameter.grad = self._gradient[here].view_as(parameter) if parameter.requires_grad else None
            if parameter not in self._optimizer.state:
                mean, square = (row[here].view_as(parameter) for row in self._moments)
                done = torch.tensor(float(self.number), device=parameter.device)
                self._optimizer.state[parameter] = {"step": done, "exp_avg": mean, "exp_avg_sq": square}
            self._optimizer.state[parameter]["step"].fill_(self.number)  # it does not count while a weight is frozen
            begin = here.stop
        return self._optimizer

    def _check(self, x: Tensor, targets: Tensor, mask: Tensor | None) -> None:
        inputs, outputs = self.network.config.layers[0], self.network.config.layers[-1]
        handle, moments = self.network.handle, self._moments
        first = handle.parameters[0]
        if handle.weights != moments.shape[1] or first.dtype != moments.dtype or first.device != moments.device:
            raise UsageError("the network has another size, type or device by now: make a new TrainStep for it.")
        if not any(parameter.requires_grad for parameter in handle.parameters):
            raise UsageError("there is nothing to learn: all weights are frozen (requires_grad is False).")
        if any(given is not None and given.device != x.device for given in (targets, mask)):
            raise UsageError(f"inputs, targets and mask must be on one device, and the inputs are on {x.device}.")
        if x.ndim != 2 or x.shape[1] != inputs or not (len(x) or self._group):
            raise UsageError(f"a step takes inputs of shape (batch, {inputs}), not {tuple(x.shape)}.")
        shape = (len(x),) if self._loss == "cross_entropy" else (len(x), outputs)
        wanted = torch.int64 if self._loss == "cross_entropy" else x.dtype
        if targets.shape != shape or targets.dtype != wanted:
            raise UsageError(f"{self._loss} takes targets of shape {shape} and type {wanted}, not "
                             f"{tuple(targets.shape)} of {targets.dtype}.")  # fmt: skip
        if mask is not None and mask.shape != shape:
            raise UsageError(f"the mask must have the shape of the targets, {shape}, not {tuple(mask.shape)}.")
        if self._loss == "cross_entropy" and x.is_cpu:  # elsewhere PyTorch says so, and nobody waits
            classes = targets if mask is None else targets[mask != 0]
            if len(classes) and not (int(classes.min()) >= 0 and int(classes.max()) < outputs):
                raise UsageError(f"classes must be 0 … {outputs - 1}.")
