"""Cross-entropy of labelled tokens, and of no others: logits are made only where there is a label, and a few at a time.

A vocabulary of 150 000 makes logits the largest thing in a step. All that is needed of them later is what they say
about the hidden states and the head: it is worked out together with the loss, and the logits are forgotten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from kan_trainer.finetune.batches import MicroBatch
from kan_trainer.finetune.inference import inference, underlying

if TYPE_CHECKING:
    from transformers import PreTrainedModel

#: Logits that are there at once: what a processor's cache holds, and enough for a GPU to be busy.
_LOGITS: Final = {"cpu": 2**22, "cuda": 2**26}


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
        states, matrix = hidden.to(dtype), weight.to(dtype)
        asked = [needed and ctx.needs_input_grad[place] for place, needed in enumerate((True, True, bias is not None))]
        gradients = [
            torch.zeros_like(tensor) if wanted and tensor is not None else None
            for wanted, tensor in zip(asked, (hidden, weight, bias), strict=True)
        ]
        loss = torch.zeros((), device=hidden.device)
        correct = torch.zeros((), dtype=torch.long, device=hidden.device)
        rows = max(16, _LOGITS.get(device, 2**24) // len(weight))
        for start in range(0, len(states), rows):
            part = slice(start, start + rows)
            logits = functional.linear(states[part], matrix, None if bias is None else bias.to(dtype)).float()
            right = targets[part, None]
            correct += (logits.argmax(-1, keepdim=True) == right).sum()
            total = logits.logsumexp(-1, keepdim=True)
            loss += (total - logits.gather(-1, right)).sum()
            if any(asked):
                slope = logits.sub_(total).exp_().scatter_add_(-1, right, torch.full_like(total, -1.0)).to(dtype)
                _add_gradients(gradients, part, slope, states[part], matrix)
        ctx.save_for_backward(*gradients)
        ctx.mark_non_differentiable(correct)
        return loss, correct

    @staticmethod
    def backward(ctx: Any, slope: Tensor, *_: Any) -> tuple[Tensor | None, ...]:
        return *(None if saved is None else saved * slope for saved in ctx.saved_tensors), None


def _add_gradients(gradients: list[Tensor | None], part: slice, slope: Tensor, states: Tensor, matrix: Tensor) -> None:
    of_hidden, of_weight, of_bias = gradients
    if of_hidden is not None:
        of_hidden[part] = slope @ matrix
    if of_weight is not None:
        of_weight += slope.T @ states
    if of_bias is not None:
        of_bias += slope.sum(0)
