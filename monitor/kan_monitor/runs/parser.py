"""From the text of a filter to its tree, or to one sentence that says where it is wrong."""

from __future__ import annotations

import re
from typing import Final

from kan_monitor.runs.query import (
    BARE,
    FIELDS,
    FUNCTIONS,
    KEYWORDS,
    OPERATORS,
    TIMES,
    AllOf,
    AnyOf,
    Comparison,
    Not,
    Query,
    Word,
    function_of,
)
from kan_monitor.runs.values import number_of, seconds_of
from kan_monitor.view.header import BADGES
from kan_shared.errors import UsageError

#: What fields are called, too.
_ALSO: Final = {"tags": "tag", "elapsed": "duration", "done": "progress", "smoothed": "smooth", "condition": "status"}
_NUMBERS: Final = ("step", "progress", "best", "loss", "smooth")
_DEEPEST: Final = 50
_LONGEST: Final = 1000

_OPERATOR: Final = re.compile(r"<=|>=|!=|!~|==|[=:<>~]")
_QUOTED: Final = r'"(?P<double>[^"]*)"|' + r"'(?P<single>[^']*)'"
_NAME: Final = re.compile(rf"{_QUOTED}|(?P<function>[A-Za-z]+)\((?P<metric>[^()]*)\)|(?P<bare>{BARE.pattern})")
_VALUE: Final = re.compile(rf"{_QUOTED}|(?P<bare>[^\s()<>=!~:\"'][^\s()\"']*)")


class QueryError(UsageError):
    """A filter that cannot be understood; `at` is the place in it, counted from 0."""

    def __init__(self, at: int, problem: str) -> None:
        super().__init__(f"the filter is wrong at character {at + 1}: {problem}.")
        self.at = at
        self.problem = problem


def parse(text: str) -> Query | None:
    """The filter in `text`; None where that is blank, which every run matches.

    Raises:
        QueryError: It cannot be understood; the message says where and why.
    """
    if len(text) > _LONGEST:
        raise QueryError(_LONGEST, f"it is longer than {_LONGEST} characters")
    parser = _Parser(text)
    if parser.at_end:
        return None
    query = parser.any(0)
    if not parser.at_end:
        raise QueryError(parser.at, "this ) closes nothing" if parser.sees(")") else "this is not understood")
    return query


def parse_beginning(text: str) -> Query | None:
    """The filter in as many words of `text`, from its beginning, as can be understood: what is typed is not yet whole.

    None where those are none, which every run matches.
    """
    while text := text.rpartition(" ")[0]:
        try:
            return parse(text)
        except QueryError:
            continue
    return None


def parse_field(text: str) -> str:
    """The field that `text` names.

    Raises:
        UsageError: It names none.
    """
    found = _NAME.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"{text!r} is no field of a run: name one such as best, lr or best(accuracy).")
    return _field(0, found)


class _Parser:
    """Reads one text from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.at = 0
        self._skip_blanks()

    @property
    def at_end(self) -> bool:
        return self.at == len(self._text)

    def sees(self, character: str) -> bool:
        return self._text.startswith(character, self.at)

    def any(self, depth: int) -> Query:
        parts = [self._all(depth)]
        while self._keyword("or"):
            parts.append(self._all(depth))
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _all(self, depth: int) -> Query:
        parts = [self._not(depth)]
        while not (self.at_end or self.sees(")") or self._keyword("or", take=False)):
            self._keyword("and")
            parts.append(self._not(depth))
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _not(self, depth: int) -> Query:
        if depth > _DEEPEST:
            raise QueryError(self.at, f"it is nested deeper than {_DEEPEST} levels")
        if self._keyword("not"):
            return Not(self._not(depth + 1))
        return self._group(depth) if self.sees("(") else self._term()

    def _group(self, depth: int) -> Query:
        opened = self.at
        self._skip(1)
        query = self.any(depth + 1)
        if not self.sees(")"):
            raise QueryError(opened, "this ( is not closed")
        self._skip(1)
        return query

    def _term(self) -> Query:
        begin, found = self.at, _NAME.match(self._text, self.at)
        if found is None or self._keyword(*KEYWORDS, take=False):
            raise QueryError(begin, self._what_is_missing())
        self._skip(len(found[0]))
        operator = _OPERATOR.match(self._text, self.at)
        if operator is None:
            return self._word(begin, found)
        self._skip(len(operator[0]))
        field, at = _field(begin, found), self.at
        sign = {":": "=", "==": "="}.get(operator[0], operator[0])
        comparison = Comparison(field, next(known for known in OPERATORS if known == sign), self._value(operator[0]))
        _check(comparison, at)
        return comparison

    def _word(self, begin: int, found: re.Match[str]) -> Word:
        if found["function"]:
            raise QueryError(begin, f"{found[0]} is compared with nothing: write {found[0]}<1, say")
        return Word(_plain(found))

    def _value(self, operator: str) -> str:
        found = _VALUE.match(self._text, self.at)
        if found is None:
            raise QueryError(self.at, self._unclosed() or f"a value is missing after {operator}")
        if (found["bare"] or "").lower() in KEYWORDS:
            raise QueryError(self.at, f"{found[0]} is a word of the language: a value of that name is quoted")
        self._skip(len(found[0]))
        return _plain(found)

    def _what_is_missing(self) -> str:
        if unclosed := self._unclosed():
            return unclosed
        if self.at_end:
            return "something is missing at the end"
        if found := _OPERATOR.match(self._text, self.at):
            return f"a name is missing before {found[0]}"
        found = BARE.match(self._text, self.at)
        before = found[0] if found else ")" if self.sees(")") else ""
        return f"something is missing before {before}" if before else "this is not understood"

    def _unclosed(self) -> str:
        return "this quotation mark is not closed" if self.sees('"') or self.sees("'") else ""

    def _keyword(self, *words: str, take: bool = True) -> bool:
        found = BARE.match(self._text, self.at)
        if found is None or found[0].lower() not in words or _OPERATOR.match(self._text, self._behind(found.end())):
            return False
        if take:
            self._skip(len(found[0]))
        return True

    def _behind(self, at: int) -> int:
        while at < len(self._text) and self._text[at].isspace():
            at += 1
        return at

    def _skip(self, count: int) -> None:
        self.at += count
        self._skip_blanks()

    def _skip_blanks(self) -> None:
        self.at = self._behind(self.at)


def _field(at: int, found: re.Match[str]) -> str:
    """The field that a name means."""
    if found["function"] is None:
        name = _plain(found)
        if not name:
            raise QueryError(at, "a field has a name")
        return _ALSO.get(name.lower(), name.lower() if name.lower() in FIELDS else name)
    function = _ALSO.get(found["function"].lower(), found["function"].lower())
    if function not in FUNCTIONS:
        raise QueryError(at, f"there is no {found['function']}(…): there are best(metric) and smooth(metric)")
    metric = found["metric"].strip()
    if not metric:
        raise QueryError(at, f"{function}() needs the name of a metric, such as {function}(validation/loss)")
    return f"{function}({metric})"


def _check(comparison: Comparison, at: int) -> None:
    """Refuses a value that the field can never have."""
    field, operator, value = comparison
    if operator in ("~", "!~"):
        return
    if field in TIMES and seconds_of(value) is None:
        raise QueryError(at, f"{field} is compared with a time, such as 90s, 30m, 2h or 1d")
    if (field in _NUMBERS or function_of(field)) and number_of(value) is None:
        raise QueryError(at, f"{field} is compared with a number, such as 0.3, 1e-3 or 10k")
    if field == "status" and value.lower() not in BADGES:
        raise QueryError(at, f"status is one of {', '.join(BADGES)}")


def _plain(found: re.Match[str]) -> str:
    return next((found[name] for name in ("double", "single", "bare") if found[name] is not None), "")
