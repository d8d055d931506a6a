"""One row of a corpus: a function, its tests, and what is known of them."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct


class Metadata(Struct, frozen=True, omit_defaults=True):
    """Where a function comes from and of what kind it is; `None` where nobody said."""

    crate: str = ""
    complexity: int | None = None
    has_generics: bool | None = None
    has_lifetimes: bool | None = None
    stratum: str | None = None


class Row(Struct, frozen=True):
    """A function (`input`) and its tests (`output`), both without the blank space around them."""

    input: str
    output: str
    metadata: Metadata = Metadata()


class _Given(Struct):
    """A row as either form of the schema has it: `input` and `output`, or the parts that they are made of."""

    input: str | None = None
    output: str | None = None
    function_code: str | None = None
    unit_tests: str | None = None
    property_tests: str | None = None
    metadata: Metadata | None = None


_decoder = msgspec.json.Decoder(_Given)


def row_from_json(line: bytes) -> Row:
    """The row in a line of JSON.

    Raises:
        ValueError: It holds none; the message is the reason, in half a sentence.
    """
    try:
        return _row(_decoder.decode(line.decode("utf-8")))
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 (byte {error.start + 1})") from None
    except msgspec.ValidationError as error:
        raise ValueError(_lowered(error)) from None
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(f"not JSON: {_lowered(error)}") from None


def row_from_mapping(values: dict[str, Any]) -> Row:
    """The row in a mapping; raises as `row_from_json` does."""
    try:
        return _row(msgspec.convert(values, _Given))
    except msgspec.ValidationError as error:
        raise ValueError(_lowered(error)) from None


def _row(given: _Given) -> Row:
    function = given.function_code if given.input is None else given.input
    tests = _joined(given.unit_tests, given.property_tests) if given.output is None else given.output
    if function is None or tests is None:
        raise ValueError(f"no `{'input' if function is None else 'output'}`")
    row = Row(function.strip(), tests.strip(), given.metadata or Metadata())
    if not row.input or not row.output:
        raise ValueError(f"empty `{'output' if row.input else 'input'}`")
    return row


def _joined(unit: str | None, properties: str | None) -> str | None:
    if unit is None and properties is None:
        return None
    return "\n\n".join(part.strip() for part in (unit, properties) if part and part.strip())


def _lowered(error: Exception) -> str:
    text = str(error)
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
