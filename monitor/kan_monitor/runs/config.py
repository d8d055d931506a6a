"""`config.yaml` as a flat table: dotted keys, and every value as it is written.

Built from the parser's events, never by constructing what the file asks for: no objects, no expanded aliases, no
recursion, and no more keys and levels than anybody would look at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from kan_shared.reading import open_regular

if TYPE_CHECKING:
    from yaml import Event

MAX_BYTES: Final = 128 * 1024
MAX_KEYS: Final = 2000
MAX_LEVELS: Final = 32
_MAX_KEY: Final = 400
_MAX_VALUE: Final = 2000
_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})


class Config(NamedTuple):
    """The values by their dotted keys; `problem` says what is missing of them, and why."""

    values: Mapping[str, str] = {}
    problem: str = ""


class _TooDeep(Exception):
    """More levels than are read."""


def read_config(path: Path) -> Config:
    """What is in the file; never raises, whatever that is."""
    try:
        with open_regular(path) as file:
            data = file.read(MAX_BYTES + 1) or b""
    except FileNotFoundError:
        return Config(problem=f"there is no {path.name}")
    except OSError as error:
        return Config(problem=f"{path.name} cannot be read ({error.strerror})")
    if len(data) > MAX_BYTES:
        return Config(problem=f"{path.name} is larger than {MAX_BYTES // 1024} KiB")
    return parse_config(data.decode(errors="replace"), path.name)


def parse_config(text: str, name: str = "config.yaml") -> Config:
    """The table of a YAML text."""
    import yaml  # here, since only a filter or a comparison needs it

    values: dict[str, str] = {}
    leaves = _leaves(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    try:
        values.update(islice(leaves, MAX_KEYS))
        more = next(leaves, None) is not None
    except _TooDeep:
        return Config(values, f"{name} has more than {MAX_LEVELS} levels")
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return Config(values, f"{name} is no YAML{_place(error)}")
    return Config(values, f"{name} has more than {MAX_KEYS} keys" if more else "")


def differences(configs: Iterable[Mapping[str, str]]) -> Iterator[tuple[str, tuple[str | None, ...]]]:
    """Every key of any of the configs with its value in each, None where one does not have it."""
    tables = list(configs)
    for key in dict.fromkeys(key for table in tables for key in table):
        yield key, tuple(table.get(key) for table in tables)


class _Level:
    """A mapping or a list that is being read: where it is, and what comes next in it."""

    def __init__(self, path: str, *, is_list: bool) -> None:
        self.path = path
        self.is_list = is_list
        self.empty = True
        self.key: str | None = None
        self.index = 0
        self.items: list[tuple[str, str]] = []
        self.flat = True

    def child(self) -> str:
        """Where a collection stands that begins here; one that is a key has a stand-in for a name."""
        self.empty, self.flat = False, False
        if self.is_list:
            self.index += 1
            return _joined(self.path, str(self.index - 1))
        self.key, place = (None, self.key) if self.key is not None else ("?", "?")
        return _joined(self.path, place or "")

    def scalar(self, text: str) -> Iterator[tuple[str, str]]:
        """Takes a scalar: a key, or a value."""
        self.empty = False
        if self.is_list:
            self.items.append((_joined(self.path, str(self.index)), text))
            self.index += 1
        elif self.key is None:
            self.key = text
        else:
            yield _joined(self.path, self.key), text
            self.key = None

    def end(self) -> Iterator[tuple[str, str]]:
        """What is known of it when it ends: a list of plain values is one value."""
        if self.empty:
            yield self.path, "[]" if self.is_list else "{}"
        elif self.is_list and self.flat:
            yield self.path, f"[{', '.join(text for _, text in self.items)}]"
        else:
            yield from self.items


def _leaves(events: Iterable[Event]) -> Iterator[tuple[str, str]]:
    """The values of the first document."""
    from yaml import events as kinds

    levels: list[_Level] = []
    for event in events:
        if isinstance(event, kinds.DocumentEndEvent):
            return
        if isinstance(event, kinds.CollectionStartEvent):
            if len(levels) == MAX_LEVELS:
                raise _TooDeep
            path = levels[-1].child() if levels else ""
            levels.append(_Level(path, is_list=isinstance(event, kinds.SequenceStartEvent)))
        elif isinstance(event, kinds.CollectionEndEvent):
            yield from _bounded(levels.pop().end())
        elif isinstance(event, kinds.ScalarEvent | kinds.AliasEvent) and levels:
            yield from _bounded(levels[-1].scalar(_text(event)))


def _text(event: Event) -> str:
    """A scalar as it is written; an alias by its name, since what it stands for may be without end."""
    value = getattr(event, "value", None)
    if value is None:
        return f"*{event.anchor}"  # type: ignore[attr-defined]
    plain = not getattr(event, "style", None) and event.implicit[0]  # type: ignore[attr-defined]
    return "null" if plain and value in _NULLS else str(value)


def _bounded(leaves: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for key, value in leaves:
        if key:
            yield key[:_MAX_KEY], value[:_MAX_VALUE]


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}"[:_MAX_KEY] if path else name[:_MAX_KEY]


def _place(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return f" from line {mark.line + 1} on" if mark is not None else ""
