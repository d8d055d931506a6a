"""A whole training step in one call: forward, loss, backward, clipping and AdamW.

By the compiled kernel it is one call of C, which allocates nothing once it has seen the batch size; otherwise it is
PyTorch's, with the same results up to rounding.
"""

from __future__ import annotations

import ctypes
from functools import partial
from typing import Any, Literal, NamedTuple, get_args

import torch
from torch import Tensor, nn

from kan_shared.errors import UsageError
from kan_trainer.checks import require
from kan_trainer.kan import losses
from kan_trainer.kan.functional import Backend
from kan_trainer.kan.kernels.native.library import Memory, Outcome, Rule
from kan_trainer.kan.network import KAN

Loss = Literal["mse", "huber", "cross_entropy"]


class Stepped(NamedTuple):
    """What a step found.

    Attributes:
        loss: Before the step.
        gradient_norm: Over all weights, before it was clipped.
    """

    loss: float
    gradient_norm: float


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
        require(clip >= 0, "clip", "0 or more", clip)
        self.network = network
        self.learning_rate = learning_rate
        self.number = 0
        self._loss: Loss = loss
        self._rule = Rule(learning_rate, *betas, epsilon, weight_decay, clip, delta, 0, get_args(Loss).index(loss))
        self._parameters = list(network.parameters())
        self._weights = [(layer, layer.weight) for layer in network.kan_layers]
        like = self._parameters[0].detach()
        self._state = like.new_zeros(3, sum(p.numel() for p in self._parameters))
        self._memory = Memory(*(row.data_ptr() for row in self._state))
        self._room = like.new_empty(0)
        self._room_per_sample = sum(network.config.layers[1:]) + 2 * max(network.config.layers)
        self._outcome = Outcome()

    @property
    def backend(self) -> Backend:
        """What the next step on the CPU uses."""
        return "native" if self._is_native(self._parameters[0].detach()) else "plain"

    def __call__(self, x: Tensor, targets: Tensor, mask: Tensor | None = None) -> Stepped:
        """Does a step.

        Args:
            x: `(batch, inputs)`.
            targets: `(batch, outputs)`, or for cross-entropy the classes, `(batch,)` of int64.
            mask: What counts, in the shape of `targets`.

        Raises:
            UsageError: A shape or a type is another one, or the network has got other weights.
        """
        self._check(x, targets, mask)
        self.number += 1
        if self._is_native(x):
            return self._native(x, targets, mask)
        return self._plain(x, targets, mask)

    def state_dict(self) -> dict[str, Any]:
        """What the next steps depend on, beside the network: the moments, of all weights in a row, and the step."""
        return {"mean": self._state[1], "square": self._state[2], "number": self.number}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on from what `state_dict` gave.

        Raises:
            UsageError: It is of a network of another size.
        """
        for row, name in enumerate(("mean", "square"), 1):
            if state[name].shape != self._state[row].shape:
                raise UsageError(f"the state of a training of {len(state[name])} weights does not fit a network of "
                                 f"{self._state.shape[1]}.")  # fmt: skip
            self._state[row].copy_(state[name])
        self.number = int(state["number"])

    def _is_native(self, x: Tensor) -> bool:
        """Whether the kernel can do it all, and nobody listens to the gradients in between."""
        return self.network.handle.is_ready(x) and not any(p._backward_hooks for p in self._parameters)

    def _native(self, x: Tensor, targets: Tensor, mask: Tensor | None) -> Stepped:
        handle, rule, batch = self.network.handle, self._rule, len(x)
        x, targets, mask = x.contiguous(), targets.contiguous(), None if mask is None else mask.to(x.dtype).contiguous()
        rule.rate, rule.number = self.learning_rate, self.number
        if len(self._room) < batch * self._room_per_sample:
            self._room = x.new_empty(batch * self._room_per_sample)
        handle.library.train(  # type: ignore[union-attr]
            handle.structs,
            len(self.network.config.layers) - 1,
            ctypes.byref(rule),
            ctypes.byref(self._memory),
            x.data_ptr(),
            targets.data_ptr(),
            None if mask is None else mask.data_ptr(),
            self._room.data_ptr(),
            batch,
            torch.get_num_threads(),
            ctypes.byref(self._outcome),
        )
        torch.autograd.graph.increment_version(self._parameters)
        return Stepped(self._outcome.loss, self._outcome.norm)

    def _plain(self, x: Tensor, targets: Tensor, mask: Tensor | None) -> Stepped:
        by = partial(losses.huber, delta=self._rule.delta) if self._loss == "huber" else getattr(losses, self._loss)
        optimizer = self._optimizer
        optimizer.zero_grad()
        with torch.enable_grad():
            loss = by(self.network(x), targets, mask)
            loss.backward()
        limit = self._rule.clip or torch.inf
        norm = nn.utils.clip_grad_norm_(self._parameters, limit)
        optimizer.step()
        return Stepped(float(loss.detach()), float(norm))

    @property
    def _optimizer(self) -> torch.optim.AdamW:
        """PyTorch's, over the same memory."""
        rule, begin = self._rule, 0
        optimizer = torch.optim.AdamW(
            self._parameters,
            lr=self.learning_rate,
            betas=(rule.beta1, rule.beta2),
            eps=rule.epsilon,
            weight_decay=rule.decay,
            fused=True,
        )
        for parameter in self._parameters:
            mean, square = (row[begin : begin + parameter.numel()].view_as(parameter) for row in self._state[1:])
            done = torch.tensor(self.number - 1.0, device=parameter.device)
            optimizer.state[parameter] = {"step": done, "exp_avg": mean, "exp_avg_sq": square}
            begin += parameter.numel()
        return optimizer

    def _check(self, x: Tensor, targets: Tensor, mask: Tensor | None) -> None:
        if any(layer._parameters["weight"] is not weight for layer, weight in self._weights):
            raise UsageError("the network has other weights than this step began with: make a new TrainStep.")
        inputs, outputs = self.network.config.layers[0], self.network.config.layers[-1]
        if x.ndim != 2 or x.shape[1] != inputs or not len(x):
            raise UsageError(f"a step takes inputs of shape (batch, {inputs}), not {tuple(x.shape)}.")
        shape = (len(x),) if self._loss == "cross_entropy" else (len(x), outputs)
        wanted = torch.int64 if self._loss == "cross_entropy" else x.dtype
        if targets.shape != shape or targets.dtype != wanted:
            raise UsageError(f"{self._loss} takes targets of shape {shape} and type {wanted}, not "
                             f"{tuple(targets.shape)} of {targets.dtype}.")  # fmt: skip
        if mask is not None and mask.shape != shape:
            raise UsageError(f"the mask must have the shape of the targets, {shape}, not {tuple(mask.shape)}.")
        if self._loss == "cross_entropy" and not (int(targets.min()) >= 0 and int(targets.max()) < outputs):
            raise UsageError(f"classes must be 0 … {outputs - 1}.")
