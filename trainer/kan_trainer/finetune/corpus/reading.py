"""Files of rows, read to the end before anything is said, so that all their bad lines are known at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import Any, Final

from kan_shared.errors import MissingExtra, UsageError
from kan_shared.reading import open_regular
from kan_shared.text import safe_line
from kan_trainer.finetune.corpus.control import ControlTokens, guarded
from kan_trainer.finetune.corpus.row import Row, row_from_json, row_from_mapping

#: A function and its tests are never longer than that.
LINE_BYTES: Final = 1 << 20
#: After so many bad lines a file is not looked at any further.
BAD_LINES: Final = 1000
#: So many of them are named.
NAMED: Final = 5
SUFFIXES: Final = (".jsonl", ".parquet")


class BadLines(UsageError):
    """Lines of a file that are no rows; the message names the first of them."""

    def __init__(self, path: Path, lines: Sequence[tuple[int, str]]) -> None:
        self.path = path
        #: Each by its number, with the reason.
        self.lines = [(number, safe_line(reason, 120)) for number, reason in lines]
        named = "; ".join(f"line {number}: {reason}" for number, reason in self.lines[:NAMED])
        more = f"; and {len(lines) - NAMED} more" if len(lines) > NAMED else ""
        count = (
            f"{len(lines)} or more lines" if len(lines) == BAD_LINES else f"{len(lines)} line{'s'[: len(lines) > 1]}"
        )
        super().__init__(f"{path} has {count} that cannot be used: {named}{more}.")


@dataclass(slots=True)
class RowFile:
    """What a file held."""

    rows: list[Row] = field(default_factory=list)
    #: How many of them had control tokens, which were escaped.
    escaped: int = 0


def read_rows(path: Path, policy: ControlTokens) -> RowFile:
    """The rows of a `.jsonl` or `.parquet` file.

    Raises:
        BadLines: It has lines that are no rows.
        UsageError: It cannot be read, or holds nothing.
    """
    held = RowFile()
    bad: list[tuple[int, str]] = []
    lines = _parquet_lines(path) if path.suffix == ".parquet" else _json_lines(path)
    try:
        for number, line in lines:
            try:
                row, had_control_tokens = guarded(_row(line), policy)
            except ValueError as error:
                bad.append((number, str(error)))
                if len(bad) == BAD_LINES:
                    break
            else:
                held.rows.append(row)
                held.escaped += had_control_tokens
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror or error}).") from error
    if bad:
        raise BadLines(path, bad)
    if not held.rows:
        raise UsageError(f"{path} holds no rows: every line is to be an object with `input` and `output`.")
    return held


def _row(line: bytes | dict[str, Any]) -> Row:
    if isinstance(line, dict):
        return row_from_mapping(line)
    if len(line) > LINE_BYTES:
        raise ValueError(f"longer than {LINE_BYTES >> 20} MiB")
    return row_from_json(line)


def _json_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Every line that is not blank, with its number; of one that is too long no more than shows that it is."""
    with BufferedReader(open_regular(path)) as file:
        number = 0
        while line := file.readline(LINE_BYTES + 2):
            number += 1
            rest = line
            while rest and not rest.endswith(b"\n"):
                rest = file.readline(LINE_BYTES)
            if line := line.removeprefix(b"\xef\xbb\xbf" if number == 1 else b"").strip():
                yield number, line


def _parquet_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ModuleNotFoundError as error:
        raise MissingExtra("A .parquet corpus", "parquet", "pyarrow") from error
    try:
        with open_regular(path) as opened, ParquetFile(opened) as file:
            rows = (row for batch in file.iter_batches() for row in batch.to_pylist())
            yield from enumerate(rows, 1)
    except ArrowException as error:
        raise UsageError(f"{path} is no parquet file that can be read ({safe_line(str(error))}).") from error
