"""`--fail-on`: kinds of alerts and comparisons of metrics, on any of which the headless monitor ends."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from kan_monitor.alerts.book import Alert
from kan_monitor.alerts.finding import KINDS
from kan_monitor.text import number
from kan_shared.errors import UsageError
from kan_shared.numbers import from_wire
from kan_shared.state import State

_OPERATORS: Final[dict[str, Callable[[float, float], bool]]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
}
_COMPARISON: Final = re.compile(r"\s*(.+?)\s*(>=|<=|==|!=|>|<)\s*(.*?)\s*")


class Condition(Struct, frozen=True, kw_only=True):
    """An alert of the kind `name`, or, with an operator, a comparison of the latest value of the metric `name`.

    Any alert of that kind will do, one that is over, too. A metric that the run has not got yet compares to nothing.
    NaN compares as in IEEE 754: it is neither above nor below nor equal to anything, and differs from everything; the
    condition `nan` is there for it.
    """

    name: str
    operator: str = ""
    limit: float = math.nan

    def __str__(self) -> str:
        return f"{self.name}{self.operator}{self.limit:g}" if self.operator else self.name

    def reason(self, state: State, alerts: Sequence[Alert]) -> str | None:
        """Why it holds; `None` where it does not."""
        if not self.operator:
            found = next((alert.finding for alert in alerts if alert.finding.kind == self.name), None)
            return f"{found.verdict}: {found.evidence}" if found else None
        metric = state.metrics.get(self.name)
        value = None if metric is None else from_wire(metric.value)
        if value is None or not _OPERATORS[self.operator](value, self.limit):
            return None
        return f"{self.name} is {number(value)}"


def conditions(text: str) -> tuple[Condition, ...]:
    """The conditions of a list such as `nan,stall,validation/loss>3`.

    Raises:
        UsageError: One of them is none.
    """
    return tuple(_condition(part) for part in text.split(","))


def _condition(text: str) -> Condition:
    if text.strip() in KINDS:
        return Condition(name=text.strip())
    parts = _COMPARISON.fullmatch(text)
    if parts is None:
        raise UsageError(
            f"--fail-on: {text.strip() or 'nothing'} is neither a kind of alert ({', '.join(KINDS)})"
            " nor a comparison such as validation/loss>3: name one of them."
        )
    name, compare, limit = parts.groups()
    return Condition(name=name, operator=compare, limit=_limit(limit, text))


def _limit(text: str, condition: str) -> float:
    try:
        limit = float(text)
    except ValueError:
        limit = math.nan
    if math.isnan(limit):
        raise UsageError(
            f"--fail-on: {condition.strip()} compares with {text or 'nothing'}, which is no number: give one."
        )
    return limit
