"""How well a network does on the examples that were held out, in numbers and to see."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn

from kan_trainer.run import Run
from kan_trainer.tasks.task import Examples, Task

#: Examples shown after each validation; the next one shows the next ones.
_SHOWN: Final = 3
#: Examples that go through the network at once: bounds the memory.
_CHUNK: Final = 1024


@torch.no_grad()
def validate(network: nn.Module, task: Task, examples: Examples) -> tuple[dict[str, float], Tensor]:
    """The loss and the metrics of `task` over its held-out `examples`, and the outputs for them.

    `examples` are those of `task.validation`, on the network's device.
    """
    outputs = torch.cat([network(inputs) for inputs in torch.split(examples.inputs, _CHUNK)])
    loss = task.loss(outputs, examples.targets).item()
    return {"validation/loss": loss, **task.metrics(outputs)}, outputs


def show_some(run: Run, task: Task, outputs: Tensor, step: int, turn: int) -> None:
    """Records a few held-out examples as samples; each `turn` takes the next ones, round and round."""
    count = len(outputs)
    for place in range(turn * _SHOWN, turn * _SHOWN + min(_SHOWN, count)):
        shown = task.show(place % count, outputs[place % count].cpu())
        run.sample(step, input=shown.input, target=shown.target, generated=shown.generated, match=shown.match)
