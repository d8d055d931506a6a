"""Answers of a model to prompts, in batches: what comes out does not depend on which prompts share a batch."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor

from kan_trainer.checks import require
from kan_trainer.finetune.inference import inference, underlying
from kan_trainer.finetune.libraries import library
from kan_trainer.finetune.sampling import NoisyScores, seed_of_row

#: What ends an answer in ChatML, whatever the tokenizer believes.
END: Final = "<|im_end|>"


@dataclass(frozen=True)
class Answer:
    """What the model made of one prompt.

    Attributes:
        text: The answer, without the token that ended it.
        ids: Its tokens, without that one.
        ended: The model ended it; where not, there was no room for more.
        seconds: From the begin of its batch to its last token.
    """

    text: str
    ids: tuple[int, ...]
    ended: bool
    seconds: float

    @property
    def tokens(self) -> int:
        """How many tokens were generated, with the one that ended it."""
        return len(self.ids) + self.ended


@dataclass(frozen=True)
class Generated:
    """An answer for each prompt, in their order, and the seconds that all took."""

    answers: tuple[Answer, ...]
    elapsed_seconds: float

    @property
    def texts(self) -> tuple[str, ...]:
        """What the answers say."""
        return tuple(answer.text for answer in self.answers)

    @property
    def tokens(self) -> int:
        """How many tokens were generated."""
        return sum(answer.tokens for answer in self.answers)

    @property
    def tokens_per_second(self) -> float | None:
        """The pace of all batches together; none where nothing was generated."""
        return self.tokens / self.elapsed_seconds if self.answers and self.elapsed_seconds > 0 else None


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How answers are written.

    Attributes:
        max_new_tokens: The longest answer; one ends earlier where the model's context does.
        batch_size: Prompts that are answered at once.
        temperature: 0 takes the likeliest token always; more is more random.
        top_p: Only the likeliest tokens that together have this probability are drawn.
        seed: Of what is drawn, together with the number of the prompt.
        frozen_layout: Leave 4-bit weights as they lie: see `inference`.
    """

    max_new_tokens: int = 512
    batch_size: int = 8
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0
    frozen_layout: bool = True

    def __post_init__(self) -> None:
        for name in ("max_new_tokens", "batch_size"):
            require(getattr(self, name) >= 1, name, "at least 1", getattr(self, name))
        require(0 <= self.temperature < float("inf"), "temperature", "0 or more", self.temperature)
        require(0 < self.top_p <= 1, "top_p", "more than 0 and at most 1", self.top_p)


def generate(
    model: Any, tokenizer: Any, prompts: Sequence[Sequence[int]], *, first: int = 0, **manner: Any
) -> Generated:
    """Answers `prompts`, each a sequence of token ids.

    Greedy answers in float32, and sampled ones as far as their scores go, are the same in any batch. torch's own random
    numbers, the model's modes and its settings for generation stay as they are.

    Args:
        model: Of transformers, or peft's around it.
        tokenizer: Its tokenizer.
        prompts: None is empty.
        first: The number of the first prompt, which with the seed decides what is drawn: to go on with the rest.
        **manner: The attributes of `Manner`.
    """
    batches = _Batches(underlying(model), tokenizer, Manner(**manner), first)
    began = time.perf_counter()
    answers: dict[int, Answer] = {}
    # The longest come first: memory that does not suffice says so at once.
    order = sorted(range(len(prompts)), key=lambda number: -len(prompts[number]))
    with inference(model, frozen_layout=batches.manner.frozen_layout), _own_settings(batches.model):
        for start in range(0, len(order), batches.manner.batch_size):
            numbers = order[start : start + batches.manner.batch_size]
            answers.update(zip(numbers, batches.answer(numbers, [prompts[n] for n in numbers]), strict=True))
    return Generated(tuple(answers[number] for number in range(len(prompts))), time.perf_counter() - began)


class _Batches:
    """Answers to one batch after another, of one model in one manner."""

    def __init__(self, model: Any, tokenizer: Any, manner: Manner, first: int) -> None:
        self.model, self.manner = model, manner
        self._tokenizer, self._first = tokenizer, first
        self._stops = _stops(model, tokenizer)
        self._pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else min(self._stops, default=0)
        self._context: int | None = getattr(model.config, "max_position_embeddings", None)

    def answer(self, numbers: Sequence[int], prompts: Sequence[Sequence[int]]) -> list[Answer]:
        rooms = [self._room(prompt) for prompt in prompts]
        clock = _Clock()
        if not max(rooms):
            return [Answer("", (), False, 0.0) for _ in prompts]
        rows = self._continued(numbers, prompts, max(rooms), clock)
        return [self._answer(row[:room], clock) for row, room in zip(rows, rooms, strict=True)]

    def _room(self, prompt: Sequence[int]) -> int:
        """The tokens that an answer may have: of its own prompt, not of its batch."""
        if self._context is None:
            return self.manner.max_new_tokens
        return max(0, min(self.manner.max_new_tokens, self._context - len(prompt)))

    def _continued(
        self, numbers: Sequence[int], prompts: Sequence[Sequence[int]], room: int, clock: _Clock
    ) -> list[list[int]]:
        settings = library("transformers").GenerationConfig(
            max_new_tokens=room, do_sample=False, eos_token_id=sorted(self._stops) or None, pad_token_id=self._pad
        )
        ids, mask = _left_padded(prompts, self._pad, self.model.device)
        continued = self.model.generate(
            input_ids=ids,
            attention_mask=mask,
            generation_config=settings,
            logits_processor=self._noise(numbers),
            stopping_criteria=[clock],
        )
        return [list(row) for row in continued[:, ids.shape[1] :].tolist()]

    def _noise(self, numbers: Sequence[int]) -> list[NoisyScores]:
        manner = self.manner
        if not manner.temperature:
            return []
        seeds = [seed_of_row(manner.seed, self._first + number) for number in numbers]
        return [NoisyScores(seeds, temperature=manner.temperature, top_p=manner.top_p, device=self.model.device)]

    def _answer(self, ids: list[int], clock: _Clock) -> Answer:
        length = next((place for place, token in enumerate(ids) if token in self._stops), len(ids))
        text = self._tokenizer.decode(ids[:length], skip_special_tokens=True, clean_up_tokenization_spaces=False)
        ended = length < len(ids)
        return Answer(text, tuple(ids[:length]), ended, clock.seconds(length + ended))


class _Clock:
    """A stopping criterion of transformers that stops nothing: it is asked after every token, and looks at the time."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._ticks: list[float] = []

    def __call__(self, input_ids: Tensor, *_: Any, **__: Any) -> Tensor:
        self._ticks.append(time.perf_counter())
        return torch.zeros(len(input_ids), dtype=torch.bool, device=input_ids.device)

    def seconds(self, tokens: int) -> float:
        """How long it took to the token with that number, from 1."""
        return self._ticks[tokens - 1] - self._began if tokens else 0.0


def _stops(model: Any, tokenizer: Any) -> frozenset[int]:
    """The tokens that end an answer: ChatML's, the tokenizer's, and those that the model came with."""
    named = model.generation_config.eos_token_id
    known = {tokenizer.eos_token_id, *(named if isinstance(named, list) else [named])}
    return frozenset((known | {tokenizer.get_vocab().get(END)}) - {None})


def _left_padded(prompts: Sequence[Sequence[int]], pad: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """The ids and the attention mask of a batch, all rows ending where the answer begins."""
    width = max(map(len, prompts))
    ids = [[pad] * (width - len(prompt)) + list(prompt) for prompt in prompts]
    mask = [[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in prompts]
    return torch.tensor(ids, device=device), torch.tensor(mask, device=device)


@contextmanager
def _own_settings(model: Any) -> Iterator[None]:
    """Hides what the model's folder wishes for its generation (Qwen's: a penalty, 20 candidates)."""
    kept, model.generation_config = model.generation_config, library("transformers").GenerationConfig()
    try:
        yield
    finally:
        model.generation_config = kept
