"""What is seen of a key: how a screen differs from the one before."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from math import nan
from typing import NamedTuple

#: Whether a key did what it should, by the screen before and after.
Seen = Callable[[str, str], bool]


class Effect(NamedTuple):
    """What a key does.

    Attributes:
        seen: Whether it was seen to do so.
        before: The keys that are pressed first; each of them changes something on the screen.
        then: The keys that are pressed behind it, where another screen shows what it has done.
        after: The keys that undo it.
    """

    seen: Seen
    before: tuple[str, ...] = ()
    then: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def shows(pattern: str) -> Seen:
    """It was not there before."""
    return lambda before, after: bool(found(pattern, after)) and not found(pattern, before)


def hides(pattern: str) -> Seen:
    """It was there, and is not any more."""
    return lambda before, after: bool(found(pattern, before)) and not found(pattern, after)


def moves(pattern: str, by: int | None = None, *, up: bool = True) -> Seen:
    """The number that `pattern` finds is another one: by how much, or at least in which direction."""

    def seen(before: str, after: str) -> bool:
        old, new = _number(pattern, before), _number(pattern, after)
        return old is not None and new is not None and (new - old == by if by else (new > old) == up and new != old)

    return seen


def turns(pattern: str, to: str) -> Seen:
    """What `pattern` finds is `to`, and was something else."""
    return lambda before, after: _text(pattern, after) == to != _text(pattern, before)


def found(pattern: str, screen: str) -> re.Match[str] | None:
    """Where a pattern is on a screen."""
    return re.search(pattern, screen, re.MULTILINE)


def _text(pattern: str, screen: str) -> str | None:
    place = found(pattern, screen)
    return place[1] if place else None


def _number(pattern: str, screen: str) -> int | None:
    text = _text(pattern, screen)
    return int(text.replace(" ", "")) if text else None


def pans(*, right: bool) -> Seen:
    """The first x axis is of later steps, or of earlier ones."""
    return lambda before, after: (_axis(after)[0] - _axis(before)[0]) * (1 if right else -1) > 0


def zooms(*, closer: bool) -> Seen:
    """The steps on the first x axis are wider, or closer to each other."""
    return lambda before, after: (_axis(after)[1] - _axis(before)[1]) * (-1 if closer else 1) > 0


def _axis(screen: str) -> tuple[float, float]:
    """The step in the fortieth cell of the first x axis, and how many there are to a cell, by its labels."""
    lines = screen.splitlines()
    below = next((after for line, after in pairwise(lines) if "└" in line), "")
    labels = [*re.finditer(r"(?<=\s)(\d[\d.]*)(K?)(?!\S)", below)][:2]
    if len(labels) < 2:
        return nan, nan
    (at, step), (other_at, other_step) = [(one.start(), float(one[1]) * (1000 if one[2] else 1)) for one in labels]
    scale = (other_step - step) / (other_at - at)
    return step + scale * (40 - at), scale


def columns(screen: str) -> int:
    """Of a grid of charts."""
    return next((line.count("└") for line in screen.splitlines() if "└" in line), 0)


def alone(name: str) -> Seen:
    """One panel has the whole screen."""
    return lambda before, after: before.count("╭─ ") > 1 == after.count("╭─ ") and f"╭─ {name} " in after
