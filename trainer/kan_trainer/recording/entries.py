"""Events and samples as the journals take them: text that encodes, numbers within their bounds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from kan_shared.journal import Event, Sample

MAX_TEXT: Final = 8192


def clean_text(text: object, limit: int = MAX_TEXT) -> str:
    """`text` without lone surrogates, which no JSON can carry, cut at `limit` characters."""
    return str(text)[:limit].encode(errors="replace").decode()


def count(value: Any) -> int:
    """`value` as a counter.

    Raises:
        TypeError, ValueError, OverflowError: It is no whole number from 0 to 2**53.
    """
    number = int(value)
    if number != value or not 0 <= number <= 2**53:
        raise ValueError(f"{value} is no count")
    return number


def amount(value: Any) -> float:
    """`value` as an amount that was processed.

    Raises:
        TypeError, ValueError: It is no finite number from 0 on.
    """
    number = float(value)
    if not 0 <= number < math.inf:
        raise ValueError(f"{number} is no amount")
    return number


def make_event(seconds: float, kind: str, step: Any, detail: str) -> Event:
    """The event as it is written."""
    step = None if step is None else count(step)
    return Event(kind=clean_text(kind, 60), seconds=seconds, step=step, detail=clean_text(detail))


def make_sample(seconds: float, step: Any, input: str, target: str, generated: str, match: Any) -> Sample:
    """The sample as it is written; a match that was not given is worked out."""
    target, generated = clean_text(target), clean_text(generated)
    matched = similarity(target, generated) if match is None else _bounded(float(match))
    return Sample(
        seconds=seconds,
        step=count(step),
        input=clean_text(input),
        target=target,
        generated=generated,
        match=matched,
    )


def similarity(target: str, generated: str) -> float:
    """How alike two texts are, 0 … 1: twice the words and signs they share in order, over all that they have."""
    import re

    first, second = (re.findall(r"\w+|[^\w\s]", text) for text in (target, generated))
    return 2 * _shared_in_order(first, second) / (len(first) + len(second)) if first or second else 1.0


def _shared_in_order(first: Sequence[str], second: Sequence[str]) -> int:
    """The length of the longest common subsequence.

    By the bit vectors of H. Hyyrö, "Bit-parallel LCS-length computation revisited" (2004): a bit is 0 where the
    length grows, and a word of `second` costs a few operations on one integer. difflib takes seconds for the texts
    that models write at first, the same word over and over.
    """
    places: dict[str, int] = {}
    for index, word in enumerate(first):
        places[word] = places.get(word, 0) | 1 << index
    whole = bits = (1 << len(first)) - 1
    for word in second:
        here = bits & places.get(word, 0)
        bits = (bits + here | bits - here) & whole
    return len(first) - bits.bit_count()


def _bounded(match: float) -> float | None:
    """A match that is no number is unknown, which is not the same as none."""
    return None if math.isnan(match) else min(1.0, max(0.0, match))
