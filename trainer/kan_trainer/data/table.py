"""CSV files: numbers in every column but the target's, and a sentence that names the cell where that is not so."""

from __future__ import annotations

import csv
import difflib
import math
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from kan_shared.errors import UsageError

_DELIMITERS: Final = ",;\t"


@dataclass(frozen=True, kw_only=True)
class Table:
    """The rows of one CSV file.

    Attributes:
        path: The file.
        features: The names of the columns that are inputs.
        target: The name of the column that is to be told from them.
        inputs: `(rows, features)`, float64, all finite.
        answers: The target's cell in each row, as text.
        lines: The line of the file that each row ends on, from 1.
    """

    path: Path
    features: tuple[str, ...]
    target: str
    inputs: Tensor
    answers: list[str]
    lines: list[int]

    def numeric_answers(self) -> Tensor:
        """The target as numbers, `(rows,)`, float64.

        Raises:
            UsageError: A cell is no finite number.
        """
        cells = zip(self.answers, self.lines, strict=True)
        numbers = [_number(cell, self.path, line, self.target) for cell, line in cells]
        return torch.tensor(numbers, dtype=torch.float64)


def read_table(path: Path, target: str, excluded: Collection[str] = ()) -> Table:
    """Reads a CSV file with a header line; cells are parted by what its header has most of: `,` `;` or tabs.

    Args:
        path: The file.
        target: The column to learn.
        excluded: Columns to leave out, whatever they hold.

    Raises:
        UsageError: It cannot be read, has no such column, or a cell that cannot be used; the message says where.
    """
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            header = file.readline()
            file.seek(0)
            reader = csv.reader(file, delimiter=max(_DELIMITERS, key=header.count))
            return _table(path, target, excluded, ((reader.line_num, row) for row in reader if row))
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}).") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path} is no CSV file in UTF-8 ({error}).") from error


def _table(path: Path, target: str, excluded: Collection[str], rows: Iterator[tuple[int, list[str]]]) -> Table:
    names = [name.strip() for name in next(rows, (0, []))[1]]
    at = _target_column(path, names, target)
    used = _input_columns(path, names, target, excluded)
    features = tuple(names[column] for column in used)
    inputs, answers, lines = [], [], []
    for line, row in rows:
        if len(row) != len(names):
            raise UsageError(f"{path}, line {line}: {len(row)} cells where the header has {len(names)}.")
        answers.append(_filled(row[at], path, line, target))
        inputs.append(_numbers([row[column] for column in used], path, line, features))
        lines.append(line)
    if len(inputs) < 2:
        raise UsageError(f"{path} needs two rows under its header, to learn from one and hold the other out.")
    return Table(
        path=path,
        features=features,
        target=target,
        inputs=torch.tensor(inputs, dtype=torch.float64),
        answers=answers,
        lines=lines,
    )


def _target_column(path: Path, names: list[str], target: str) -> int:
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"{path} has more than one column {name!r}.")
    if target not in names:
        raise UsageError(f"{path} has no column {target!r}: {_hint(target, names)}")
    return names.index(target)


def _input_columns(path: Path, names: list[str], target: str, excluded: Collection[str]) -> list[int]:
    """Where the columns to learn from stand."""
    for name in excluded:
        if name not in names:
            raise UsageError(f"{path} has no column {name!r} to leave out: {_hint(name, names)}")
        if name == target:
            raise UsageError(f"{path}: {name!r} cannot be both learned and left out.")
    used = [column for column, name in enumerate(names) if name != target and name not in excluded]
    if not used:
        besides = " that is not left out" if excluded else ""
        raise UsageError(f"{path} has no column besides {target!r} to tell it from{besides}.")
    return used


def _hint(target: str, names: list[str]) -> str:
    close = difflib.get_close_matches(target, names, 1)
    return f"did you mean {close[0]!r}?" if close else f"its columns are {', '.join(names[:20]) or 'none'}."


def _numbers(cells: Iterable[str], path: Path, line: int, columns: Iterable[str]) -> list[float]:
    why = ", and every column but --target is learned from (--exclude-columns leaves some out)"
    return [_number(cell, path, line, column, why) for cell, column in zip(cells, columns, strict=True)]


def _number(cell: str, path: Path, line: int, column: str, why: str = "") -> float:
    try:
        value = float(cell)
    except ValueError:
        text = _filled(cell, path, line, column)
        raise UsageError(f"{path}, line {line}, column {column!r}: {text[:40]!r} is no number{why}.") from None
    if not math.isfinite(value):
        raise UsageError(f"{path}, line {line}, column {column!r}: {value} is nothing to learn from.")
    return value


def _filled(cell: str, path: Path, line: int, column: str) -> str:
    if not cell.strip():
        raise UsageError(f"{path}, line {line}, column {column!r}: the cell is empty.")
    return cell.strip()
