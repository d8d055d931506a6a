"""Cross-entropy of labelled tokens, and of no others: logits are made only where there is a label, for a part of the
vocabulary at a time.

A vocabulary of 150 000 makes logits the largest thing in a step. All that is needed of them later is what they say
about the hidden states and the head: it is worked out together with the loss, and the logits are forgotten. The softmax
is that of all parts seen so far, put right with each.

Source: M. Milakov and N. Gimelshein, Online normalizer calculation for softmax, arXiv:1805.02867, section 3.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from kan_trainer.finetune.batches import MicroBatch
from kan_trainer.finetune.inference import inference, underlying

if TYPE_CHECKING:
    from transformers import PreTrainedModel

#: How far two ways to compute one thing may be apart.
_ROUNDED: Final = {torch.float32: 1e-4, torch.bfloat16: 0.03}
#: Logits that are there at once: what a processor's cache holds, and enough for a GPU to be busy.
_LOGITS: Final = {"cpu": 2**21, "cuda": 2**26}
#: With fewer words at once the rest takes longer than the logits.
_WORDS: Final = 512


class Measured(NamedTuple):
    """Sums over labelled tokens: the `loss`, and how many were `correct`, the likeliest being the right one."""

    loss: Tensor
    correct: Tensor


class CompletionLoss(nn.Module):
    """The summed loss of a batch, of a causal language `model` that may have adapters.

    A module, so that what shards and wraps modules can wrap it.
    """

    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()
        self.model = model
        self._plain = _has_plain_head(model)

    def forward(self, batch: MicroBatch) -> Measured:
        """The sums over the labels of `batch`."""
        causal = underlying(self.model)
        if not self._plain:
            return _of_logits(_selected_logits(causal, batch), batch.targets)
        hidden = _hidden(causal, batch.input_ids, batch.position_ids)
        hidden = hidden.flatten(0, 1)[batch.predicting]
        head = causal.get_output_embeddings()
        loss, correct = _HeadLoss.apply(hidden, head.weight, head.bias, batch.targets)  # type: ignore[no-untyped-call]
        return Measured(loss, correct)


def _hidden(causal: PreTrainedModel, ids: Tensor, positions: Tensor | None) -> Tensor:
    decoder = getattr(causal, causal.base_model_prefix)
    # With a cache, rows that are packed into one sequence would see each other.
    hidden: Tensor = decoder(input_ids=ids, position_ids=positions, use_cache=False).last_hidden_state
    return hidden


def _has_plain_head(model: PreTrainedModel) -> bool:
    """Whether logits are the head's product and nothing else, no scale and no soft cap: tried, not looked up."""
    causal = underlying(model)
    head = causal.get_output_embeddings()
    if type(head) is not nn.Linear or not hasattr(causal, causal.base_model_prefix):
        return False
    ids = torch.linspace(1, len(head.weight) - 1, 8, device=head.weight.device).long()[None]
    with inference(causal):
        return torch.equal(causal(input_ids=ids, use_cache=False).logits, head(_hidden(causal, ids, None)))


def keeps_rows_apart(model: PreTrainedModel) -> bool:
    """Whether rows that are told apart by their positions alone do not see each other: tried, not looked up."""
    causal = underlying(model)
    device = next(model.parameters()).device
    rows = torch.linspace(1, causal.config.vocab_size - 1, 24, device=device).long().view(2, 12)
    positions = torch.arange(12, device=device).repeat(2)[None]
    with inference(causal):
        apart = _hidden(causal, rows, None).flatten(0, 1)
        packed = _hidden(causal, rows.view(1, 24), positions)[0]
    return bool((packed - apart).norm() <= _ROUNDED.get(apart.dtype, 1e-3) * apart.norm())


def _selected_logits(causal: PreTrainedModel, batch: MicroBatch) -> Tensor:
    """`(labels, vocabulary)` by the model's own head, which is handed only the hidden states that are asked for."""

    def select(_: nn.Module, inputs: tuple[Any, ...]) -> tuple[Tensor]:
        return (inputs[0].flatten(0, 1)[batch.predicting][None],)

    hook = causal.get_output_embeddings().register_forward_pre_hook(select)
    try:
        logits: Tensor = causal(input_ids=batch.input_ids, position_ids=batch.position_ids, use_cache=False).logits
    finally:
        hook.remove()
    return logits[0]


def _of_logits(logits: Tensor, targets: Tensor) -> Measured:
    logits = logits.float()
    return Measured(functional.cross_entropy(logits, targets, reduction="sum"), (logits.argmax(-1) == targets).sum())


class _HeadLoss(torch.autograd.Function):
    """Summed cross-entropy of `hidden @ weight.T + bias`, with its gradients worked out in the forward pass."""

    @staticmethod
    def forward(
        ctx: Any, hidden: Tensor, weight: Tensor, bias: Tensor | None, targets: Tensor
    ) -> tuple[Tensor, Tensor]:
        device = hidden.device.type
        dtype = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else weight.dtype
        head = _Head(hidden.to(dtype), weight.to(dtype), None if bias is None else bias.to(dtype), targets[:, None])
        of_hidden, *of_head = ctx.needs_input_grad[:3]
        slope = torch.zeros(hidden.shape, device=hidden.device) if of_hidden else None
        most, total, of_right = (torch.full_like(head.right, start, dtype=torch.float) for start in (-math.inf, 0, 0))
        likeliest = torch.full_like(head.right, -1)
        for logits, part in head.parts():
            place, within = head.right_in(part)
            of_right = torch.where(within, logits.gather(-1, place), of_right)
            highest, which = logits.max(-1, keepdim=True)
            likeliest = torch.where(highest > most, which + part.start, likeliest)
            before, most = most, torch.maximum(most, highest)
            shrunk = (before - most).exp_()
            total = total * shrunk + logits.sub_(most).exp_().sum(-1, keepdim=True)
            if slope is not None:
                slope.mul_(shrunk).add_(logits.to(dtype) @ head.matrix[part])
        if slope is not None:
            slope = (slope.div_(total) - head.matrix[targets]).to(hidden.dtype)
        whole = most + total.log()
        ctx.save_for_backward(slope, *(head.slopes(whole, weight, bias) if any(of_head) else (None, None)))
        correct = (likeliest == head.right).sum()
        ctx.mark_non_differentiable(correct)
        return (whole - of_right).sum(), correct

    @staticmethod
    def backward(ctx: Any, slope: Tensor, *_: Any) -> tuple[Tensor | None, ...]:
        return *(None if saved is None else saved * slope for saved in ctx.saved_tensors), None


class _Head(NamedTuple):
    """The logits that `states @ matrix.T + bias` makes, and which of them are `right`."""

    states: Tensor
    matrix: Tensor
    bias: Tensor | None
    right: Tensor

    def parts(self) -> Iterator[tuple[Tensor, slice]]:
        """Those of one part of the vocabulary after the other."""
        room = _LOGITS.get(self.states.device.type, 2**24) // max(1, len(self.states))
        size = max(_WORDS, room)
        for start in range(0, len(self.matrix), size):
            part = slice(start, start + size)
            bias = None if self.bias is None else self.bias[part]
            yield functional.linear(self.states, self.matrix[part], bias).float(), part

    def right_in(self, part: slice) -> tuple[Tensor, Tensor]:
        """Where in `part` the right ones are, and whether they are there at all."""
        last = min(part.stop, len(self.matrix)) - part.start - 1
        place = self.right - part.start
        return place.clamp(0, last), (place >= 0) & (place <= last)

    def slopes(self, whole: Tensor, weight: Tensor, bias: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """What the loss says about the head, by logits made once more, `whole` being the logarithms of their sums."""
        of_weight, of_bias = torch.empty_like(weight), None if bias is None else torch.empty_like(bias)
        for logits, part in self.parts():
            place, within = self.right_in(part)
            slope = logits.sub_(whole).exp_().scatter_add_(-1, place, -within.float())
            of_weight[part] = slope.to(self.states.dtype).T @ self.states
            if of_bias is not None:
                of_bias[part] = slope.sum(0)
        return of_weight, of_bias
