"""A frame for a report or an issue: what was on the screen, fenced, and the figures in a table under it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from kan_monitor.dashboard import Dashboard, Figure, Gauge
from kan_monitor.ink import Line, plain_text

#: What Markdown would obey; a backslash before any of them is none of the text.
_MARKUP: Final = re.compile(r"([\\`*_{}\[\]()<>#+!|~&$@]|:(?!\d))")


def frame_markdown(lines: Sequence[Line], dashboard: Dashboard) -> str:
    """The lines as a fenced block, and the figures of `dashboard` as a table."""
    frame = plain_text(lines)
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", frame)), default=0))
    badge = dashboard.header.badge
    head = [_plain(part) for part in (dashboard.header.name, badge.word, badge.detail) if part]
    title = f"**{head[0]}** — {', '.join(head[1:])}"
    rows = [f"| {_plain(name)} | {_plain(text)} |" for name, text in _figures(dashboard)]
    return "\n".join([title, "", f"{fence}text", frame, fence, "", "| | |", "|---|---|", *rows, ""])


def _figures(dashboard: Dashboard) -> Iterator[tuple[str, str]]:
    header, loss, progress = dashboard.header, dashboard.loss, dashboard.progress
    named = [
        ("elapsed", _of(header.elapsed)),
        ("ETA", _of(header.eta)),
        ("epoch", _out_of(progress.epoch)),
        ("step", _out_of(progress.step)),
        (loss.label, " ".join(filter(None, (_of(loss.train), loss.trend.mark, loss.trend.word)))),
        ("validation", _of(loss.validation)),
        ("best", f"{_of(loss.best)} @ {_of(loss.best_step)}" if loss.best.known else _of(loss.best)),
        ("learning rate", _of(progress.learning_rate)),
        ("gradient norm", _of(progress.gradient_norm)),
        ("throughput", _of(progress.throughput)),
        *((metric.name, _of(metric.figure)) for metric in progress.metrics),
    ]
    yield from named
    for gpu in sorted(dashboard.hardware.gpus, key=lambda gpu: gpu.index):
        parts = (_of(gpu.utilization.figure), _out_of(gpu.memory), _of(gpu.temperature.figure), _of(gpu.power.figure))
        yield f"GPU {gpu.index} {gpu.name}", " · ".join(parts)


def _of(figure: Figure) -> str:
    unit = figure.unit if figure.known else ""
    return " ".join(filter(None, (figure.text, unit, figure.word)))


def _out_of(gauge: Gauge) -> str:
    whole = f" / {gauge.whole.text}" if gauge.whole.known else ""
    return f"{gauge.figure.text}{whole} {gauge.figure.unit or gauge.whole.unit}".rstrip()


def _plain(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text)
