"""The list of runs as a table of text, and as one object of JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from kan_monitor.dashboard import Figure
from kan_monitor.headless.table import table
from kan_monitor.view.runs import RunRow
from kan_shared.numbers import to_wire

_HEADINGS: Final = (
    "run", "status", "best", "judged by", "loss", "done", "duration", "written", "task", "tags",
)  # fmt: skip
_RIGHT: Final = frozenset({"best", "loss", "done", "smoothed"})


def runs_text(rows: Sequence[RunRow]) -> str:
    """One line a run, the columns aligned; the smoothed value only where it was asked for."""
    smoothed = any(row.smoothed.known for row in rows)
    headings = [*_HEADINGS[:3], *(["smoothed"] if smoothed else []), *_HEADINGS[3:]]
    return table(headings, [_cells(row, smoothed=smoothed) for row in rows], right=_RIGHT)


def runs_fields(rows: Sequence[RunRow], places: Sequence[str], **about: Any) -> dict[str, Any]:
    """The list as an object: `about` it, and the runs with where they are."""
    return {**about, "runs": [_fields(row, place) for row, place in zip(rows, places, strict=True)]}


def json_value(figure: Figure) -> Any:
    """The value of a figure as JSON has it: null where it is not known, a string where it is not finite."""
    return to_wire(figure.value) if isinstance(figure.value, float) else figure.value


def _cells(row: RunRow, *, smoothed: bool) -> list[str]:
    return [
        row.name,
        f"{row.badge.mark} {row.badge.word}",
        row.best.text,
        *([row.smoothed.text] if smoothed else []),
        row.best_of,
        f"{row.loss.text}{_word(row.loss)}",
        f"{row.progress.text} %" if row.progress.known else row.progress.text,
        row.duration.text,
        f"{row.age.text} ago" if row.age.known else row.age.text,
        row.subtitle or row.badge.detail,
        " ".join(row.tags),
    ]


def _word(figure: Figure) -> str:
    return f" {figure.word}" if figure.word else ""


def _fields(row: RunRow, place: str) -> dict[str, Any]:
    return {
        "name": row.name,
        "path": place,
        "status": row.badge.word,
        "detail": row.badge.detail,
        "task": row.subtitle,
        "tags": list(row.tags),
        "judged_by": row.best_of or None,
        "best": json_value(row.best),
        "best_step": json_value(row.best_step),
        "smoothed": json_value(row.smoothed),
        "loss": json_value(row.loss),
        "progress_percent": json_value(row.progress),
        "duration_seconds": json_value(row.duration),
        "age_seconds": json_value(row.age),
    }
