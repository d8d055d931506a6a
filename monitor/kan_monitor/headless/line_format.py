"""One line for tmux's status bar or a prompt: how it is, how far, is it learning, when is it done, what the GPUs do.

Nothing in it was written by the run, so that a `#[…]` in a name is never tmux's to obey.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from kan_monitor.dashboard import Dashboard, Gauge
from kan_monitor.headless.stream import Render
from kan_monitor.thresholds import Severity

#: A status bar has no room for more; what comes last is left out first.
MAX_CELLS: Final = 80
_GAP: Final = "  "
#: The terminal's own colours, by what they mean.
_COLOURS: Final[dict[Severity, str]] = {"great": "1;92", "good": "32", "warn": "33", "bad": "1;31", "info": "34"}

_Piece = tuple[str, Severity]


def line(*, colour: bool) -> Render:
    """What renders a dashboard as one line, with or without the colours of a terminal."""
    return partial(_line, colour=colour)


def _line(dashboard: Dashboard, before: Dashboard | None = None, *, colour: bool) -> str:  # noqa: ARG001
    parts: list[str] = []
    cells = 0
    for piece in _pieces(dashboard):
        text = " ".join(word for word, _ in piece)
        cells += len(text) + len(_GAP) * bool(parts)
        if cells > MAX_CELLS:
            break
        parts.append(" ".join(_coloured(word, severity) for word, severity in piece) if colour else text)
    return _GAP.join(parts) + "\n"


def _pieces(dashboard: Dashboard) -> Iterator[list[_Piece]]:
    """What the line says, the most wanted first; what is unknown is not in it."""
    header, loss, progress = dashboard.header, dashboard.loss, dashboard.progress
    share = progress.step.share if progress.step.share.known else progress.epoch.share
    yield [(f"{header.badge.mark} {header.badge.word}", header.badge.severity)]
    if share.known:
        yield [(f"{share.text}%", "none")]
    if loss.train.known:
        trend = (loss.trend.mark, loss.trend.severity)
        word = "loss" if loss.title == "loss" else "metric"
        yield [(word, "none"), (loss.train.text, loss.train.severity), *([trend] if loss.trend.mark else [])]
    if header.eta.known:
        yield [(f"eta {header.eta.text}", "none")]
    for gpu in dashboard.hardware.gpus[:1]:  # of several, the one to look at
        for label, gauge in (("gpu", gpu.utilization), ("mem", gpu.memory), ("", gpu.temperature)):
            if gauge.figure.known:
                yield [*_label(label), _told(gauge)]


def _label(text: str) -> list[_Piece]:
    return [(text, "none")] if text else []


def _told(gauge: Gauge) -> _Piece:
    """A gauge's share, or its figure where it has none, with its word where it needs a look."""
    figure, shown = gauge.figure, gauge.share if gauge.share.known else gauge.figure
    word = f" {figure.word}" if figure.severity in ("warn", "bad") and figure.word else ""
    return f"{shown.text}{shown.unit}{word}", figure.severity


def _coloured(text: str, severity: Severity) -> str:
    return f"\x1b[{_COLOURS[severity]}m{text}\x1b[0m" if severity in _COLOURS else text
