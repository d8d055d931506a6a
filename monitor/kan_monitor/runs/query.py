"""The filter of the list of runs, as text and as a tree.

    status:running lr<1e-3 tag:baseline                    all of these
    (name~digits or task:classify) and not crashed         and, or, not, parentheses
    val/loss<=0.3 best(accuracy)>0.95 smooth(loss)<1       metrics: their latest, best and smoothed value
    model.layers=[4,8,1] optimizer.name!=adam              config, by dotted path or, where that is clear, its last part
    age<2h duration>30m step>=10k progress<50%             times, and large numbers

Operators are = (or :), !=, <, <=, >, >=, ~ (contains) and !~. A word alone is a status, or part of a name, a task, a
model or a tag. What has blanks or signs of the language in it is quoted. A name with a slash is a metric; any other is
looked for in the config first, then among the metrics; `config.` before it asks for the config alone.

What is not known of a run neither matches a comparison nor the opposite of one: `not lr<1e-3` finds the runs whose lr
is known, and not below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple, get_args

Operator = Literal["=", "!=", "<", "<=", ">", ">=", "~", "!~"]
OPERATORS: Final[tuple[Operator, ...]] = get_args(Operator)
#: Names that every run has.
FIELDS: Final = (
    "name", "status", "task", "model", "tag", "host", "step", "progress", "age", "duration", "best", "loss", "smooth",
)  # fmt: skip
#: What can be asked of a metric beside its latest value.
FUNCTIONS: Final = ("best", "smooth")
#: Fields that are compared with a time.
TIMES: Final = ("age", "duration")
KEYWORDS: Final = ("and", "or", "not")
#: A word that needs no quotation marks.
BARE: Final = re.compile(r"[^\s()<>=!~:\"']+")


class Comparison(NamedTuple):
    """A field held against a value; `best(x)` and `smooth(x)` are fields too."""

    field: str
    operator: Operator
    value: str

    def __str__(self) -> str:
        return f"{field_text(self.field)}{self.operator}{_quoted(self.value)}"


class Word(NamedTuple):
    """A word by itself."""

    text: str

    def __str__(self) -> str:
        return _quoted(self.text)


class Not(NamedTuple):
    """What must not be so."""

    part: Query

    def __str__(self) -> str:
        return f"not {_inside(self.part)}"


class AllOf(NamedTuple):
    """What must all be so."""

    parts: tuple[Query, ...]

    def __str__(self) -> str:
        return " ".join(map(_inside, self.parts))


class AnyOf(NamedTuple):
    """Of what one must be so."""

    parts: tuple[Query, ...]

    def __str__(self) -> str:
        return " or ".join(map(_inside, self.parts))


Query = Comparison | Word | Not | AllOf | AnyOf


def comparisons(query: Query | None) -> Iterator[Comparison]:
    """Everything that is compared in `query`."""
    if isinstance(query, Comparison):
        yield query
    elif isinstance(query, Not):
        yield from comparisons(query.part)
    elif isinstance(query, AllOf | AnyOf):
        for part in query.parts:
            yield from comparisons(part)


def function_of(field: str) -> tuple[str, str] | None:
    """The function and the metric of a field like `best(validation/loss)`."""
    name, opened, rest = field.partition("(")
    return (name, rest[:-1]) if opened and name in FUNCTIONS and rest.endswith(")") else None


def meant(name: str) -> str:
    """The metric or key that is meant where there is none of that very name."""
    return "learning_rate" if name == "lr" else re.sub("^val/", "validation/", name)


def _inside(query: Query) -> str:
    """`query` as a part of another one."""
    return f"({query})" if isinstance(query, AllOf | AnyOf) else str(query)


def field_text(field: str) -> str:
    """A field as it is written in a filter."""
    return field if function_of(field) else _quoted(field)


def _quoted(text: str) -> str:
    """`text` as one word of the language; of the two marks one is in it at most, or it could not have been written."""
    if BARE.fullmatch(text) and text.lower() not in KEYWORDS:
        return text
    return f"'{text}'" if '"' in text else f'"{text}"'
