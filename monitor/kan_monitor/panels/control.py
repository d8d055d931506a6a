"""The window in which a training is asked for something: what can be, whether that is meant, what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kan_monitor.control import Progress, Stage
from kan_monitor.ink import Ink, Line, Span
from kan_monitor.panels.frame import framed, inner_size
from kan_monitor.panels.lines import wrap_words
from kan_shared.state import Action

#: The key of each action; shown before it.
KEYS: Final[dict[Action, str]] = {"pause": "p", "resume": "c", "checkpoint": "s", "stop": "x"}
_MEANINGS: Final[dict[Action, str]] = {
    "pause": "pause at the end of the step; the clock stands",
    "resume": "let it go on",
    "checkpoint": "save a checkpoint now",
    "stop": "save a checkpoint, and stop",
}
_STAGES: Final[dict[Stage, tuple[str, Ink]]] = {
    "waiting": ("…", "info"),
    "accepted": ("…", "info"),
    "done": ("✓", "good"),
    "refused": ("✕", "bad"),
    "unanswered": ("?", "warn"),
}
WIDTH: Final = 64


def draw(body: Sequence[Line], width: int, height: int, *, note: str) -> list[Line]:
    """The window around `body`, at most `width` × `height` cells."""
    width, height = min(width, WIDTH), min(height, len(body) + 4)
    return framed([[], *body, []], width, height, title="control", note=note)


def choices(actions: Sequence[Action]) -> list[Line]:
    """What can be asked now, by its keys."""
    return [[Span(f"{KEYS[action]:<4}", "key"), Span(_MEANINGS[action])] for action in actions]


def sentence(text: str, width: int, ink: Ink = "plain") -> list[Line]:
    """`text` in as many lines as it takes."""
    inner, _ = inner_size(min(width, WIDTH), 0)
    return [[Span(line, ink)] for line in wrap_words(text, inner)]


def answer_keys() -> Line:
    """The keys that answer a question."""
    return [Span("y", "key"), Span(" yes   "), Span("n", "key"), Span(" no")]


def progress(found: Progress, width: int) -> list[Line]:
    """What has become of a request: a mark, a sentence."""
    mark, ink = _STAGES[found.stage]
    return sentence(f"{mark} {found.text}", width, ink)
