"""A comparison of runs as tables of text, and as one object of JSON."""

from __future__ import annotations

from typing import Any

from kan_monitor.dashboard import Figure
from kan_monitor.headless.runs_format import json_value
from kan_monitor.headless.table import table
from kan_monitor.view.compare import ComparedRun, CompareView

_RANKING = ("rank", "#", "run", "status", "best", "at step", "smoothed", "latest", "step")
_AT_RIGHT = frozenset({"rank", "#", "best", "at step", "smoothed", "latest", "step"})
#: A value of a config is cut behind so many characters.
_WIDEST = 40


def compare_text(view: CompareView) -> str:
    """The ranking, and below it the config."""
    ranking = table(_RANKING, [_ranked(run) for run in view.runs], right=_AT_RIGHT)
    names = [f"{number} {name}" for number, name in enumerate(view.names, 1)]
    rows = [[row.key, *map(_cut, row.texts)] for row in view.config]
    config = table(["config", *names], rows) if rows else ""
    notes = "".join(f"{note}\n" for note in (view.config_note, *view.config_problems))
    return f"{view.metric}, {view.order}\n\n{ranking}\n{config}{notes}"


def compare_fields(view: CompareView) -> dict[str, Any]:
    """The comparison as an object."""
    return {
        "metric": view.metric,
        "goal": view.goal,
        "ranking": view.ranking,
        "runs": [_fields(run) for run in view.runs],
        "config": [{"key": row.key, "differs": row.differs, "values": list(row.values)} for row in view.config],
        "config_problems": list(view.config_problems),
    }


def _ranked(run: ComparedRun) -> list[str]:
    return [
        "—" if run.rank is None else str(run.rank),
        str(run.number),
        run.name,
        f"{run.badge.mark} {run.badge.word}",
        run.best.text,
        run.best_step.text,
        run.smoothed.text,
        _with_word(run.latest),
        run.step.text,
    ]


def _with_word(figure: Figure) -> str:
    return f"{figure.text} {figure.word}".rstrip()


def _cut(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def _fields(run: ComparedRun) -> dict[str, Any]:
    return {
        "rank": run.rank,
        "number": run.number,
        "name": run.name,
        "status": run.badge.word,
        "detail": run.badge.detail,
        "best": json_value(run.best),
        "best_step": json_value(run.best_step),
        "smoothed": json_value(run.smoothed),
        "latest": json_value(run.latest),
        "step": json_value(run.step),
    }
