"""Rows of the table as text: CSV as spreadsheets and pandas read it, or one JSON object a line.

Numbers are written with all their digits. What is not finite is `NaN`, `Infinity` or `-Infinity`: a string in JSON, as
in the state; a value that is not there is an empty cell, or no field.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

import numpy as np

from kan_monitor.charts.records import Floats
from kan_monitor.exporting.table import Rows, WideRows
from kan_shared.numbers import to_wire
from kan_shared.text import safe_line

LONG_COLUMNS = ("series", "step", "seconds", "value", "segment")


def csv_header(columns: Sequence[str]) -> str:
    """The first line of a CSV table."""
    return _csv_cells(columns) + "\n"


def csv_long(rows: Rows) -> str:
    """Lines of the long table."""
    name = _csv_cells([rows.series])
    return "".join(
        f"{name},{step},{seconds},{value},{segment}\n"
        for step, seconds, value, segment in zip(
            rows.steps.tolist(), _texts(rows.seconds), _texts(rows.values), rows.segments.tolist(), strict=True
        )
    )


def csv_wide(rows: WideRows) -> str:
    """Lines of the wide table."""
    columns = [
        [text if there else "" for text, there in zip(_texts(values), known.tolist(), strict=True)]
        for values, known in zip(rows.values, rows.known, strict=True)
    ]
    return "".join(",".join(cells) + "\n" for cells in zip(map(str, rows.steps.tolist()), *columns, strict=True))


def json_long(rows: Rows) -> str:
    """Lines of the long table."""
    name = json.dumps(rows.series)
    return "".join(
        f'{{"series":{name},"step":{step},"seconds":{seconds},"value":{value},"segment":{segment}}}\n'
        for step, seconds, value, segment in zip(
            rows.steps.tolist(), _json(rows.seconds), _json(rows.values), rows.segments.tolist(), strict=True
        )
    )


def json_wide(rows: WideRows, names: Sequence[str]) -> str:
    """Lines of the wide table; a series that has no value at a step has no field there."""
    columns = []
    for name, values, known in zip(names, rows.values, rows.known, strict=True):
        field = json.dumps(name)
        pairs = zip(_json(values), known.tolist(), strict=True)
        columns.append([f",{field}:{text}" if there else "" for text, there in pairs])
    steps = rows.steps.tolist()
    return "".join(f'{{"step":{step}{"".join(fields)}}}\n' for step, *fields in zip(steps, *columns, strict=True))


def _texts(values: Floats, non_finite: str = "{}") -> list[str]:
    """Each with the fewest digits that give it back."""
    texts = list(map(repr, values.tolist()))
    for at in np.flatnonzero(~np.isfinite(values)).tolist():
        texts[at] = non_finite.format(to_wire(float(values[at])))
    return texts


def _json(values: Floats) -> list[str]:
    return _texts(values, '"{}"')


def _csv_cells(cells: Sequence[str]) -> str:
    """Quoted where need be; a name is a run's, and may be meant for the terminal that it is printed to."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([safe_line(cell) for cell in cells])
    return line.getvalue()
