"""What the model writes while it learns, beside what it should have written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kan_trainer.finetune.generation import generate
from kan_trainer.run import Run

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


@dataclass(frozen=True)
class Prompt:
    """What the model is given, as tokens and as text, and the answer that would be right."""

    ids: list[int]
    input: str
    target: str


class Sampler:
    """Has a few of `prompts` answered at a time, round and round."""

    def __init__(
        self, prompts: Sequence[Prompt], tokenizer: PreTrainedTokenizerBase, *, count: int, max_new_tokens: int
    ) -> None:
        self._prompts = prompts
        self._tokenizer = tokenizer
        self._count = min(count, len(prompts))
        self._max_new_tokens = max_new_tokens

    def show(self, model: PreTrainedModel, run: Run, step: int, turn: int) -> None:
        """Records the likeliest answers of `model` to the prompts of this `turn`."""
        if not self._count:
            return
        places = range(turn * self._count, (turn + 1) * self._count)
        chosen = [self._prompts[place % len(self._prompts)] for place in places]
        made = generate(
            model,
            self._tokenizer,
            [prompt.ids for prompt in chosen],
            max_new_tokens=self._max_new_tokens,
            batch_size=self._count,
            frozen_layout=True,
        )
        for prompt, text in zip(chosen, made.texts, strict=True):
            run.sample(step, input=prompt.input, target=prompt.target, generated=text)
