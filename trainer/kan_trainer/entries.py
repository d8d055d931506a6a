"""Events and samples as the journals take them: text that encodes, numbers within their bounds."""

from __future__ import annotations

import math
from typing import Any, Final

from kan_shared.journal import Event, Sample

MAX_TEXT: Final = 8192
#: Words of a text that the match looks at: its cost grows with their square.
_MATCHED_WORDS: Final = 400


def clean_text(text: object, limit: int = MAX_TEXT) -> str:
    """`text` without lone surrogates, which no JSON can carry, cut at `limit` characters."""
    return str(text)[:limit].encode(errors="replace").decode()


def count(value: Any) -> int:
    """`value` as a counter.

    Raises:
        TypeError, ValueError: It is no whole number from 0 to 2**53.
    """
    number = int(value)
    if not 0 <= number <= 2**53:
        raise ValueError(f"{number} is no count")
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
    matched = similarity(target, generated) if match is None else min(1.0, max(0.0, float(match)))
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
    import difflib
    import re

    if target == generated:
        return 1.0
    first, second = (re.findall(r"\w+|[^\w\s]", text)[:_MATCHED_WORDS] for text in (target, generated))
    return difflib.SequenceMatcher(None, first, second, autojunk=False).ratio()
