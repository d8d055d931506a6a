"""How far and how fast: counters, learning rate, gradient, throughput, and the run's own metrics."""

from __future__ import annotations

from typing import Final

from kan_monitor.charts.chart import sparkline
from kan_monitor.dashboard import Gauge, NamedFigure, ProgressView
from kan_monitor.ink import Line, Span
from kan_monitor.panels.frame import framed, inner_size
from kan_monitor.panels.lines import LINE_FORM_ROWS, bar, figure, ink_of, stack, width_of

_LABEL: Final = 7


def draw(progress: ProgressView, width: int, height: int, *, focused: bool = False) -> list[Line]:
    """The progress panel."""
    if height <= LINE_FORM_ROWS:
        return stack([_one_line(progress)], width, height)
    inner_width, _ = inner_size(width, height)
    lines = [*_counters(progress, inner_width), _learning_rate(progress, inner_width)]
    lines += [_gradient_and_rate(progress), *(_metric(metric, inner_width) for metric in progress.metrics)]
    return framed(lines, width, height, title="progress", focused=focused)


def _counters(progress: ProgressView, width: int) -> list[Line]:
    """Epoch and step, under bars of one length that leave room for the longer numbers."""
    shown = [("epoch", progress.epoch)] if progress.epoch.figure.known else []
    counters = [(label, gauge, _numbers(gauge)) for label, gauge in [*shown, ("step", progress.step)]]
    room = width - _LABEL - 2 - max(width_of(numbers) for _, _, numbers in counters)
    length = max(4, min(24, room))
    return [
        [_label(label), *bar(gauge.fraction, length, "train.2"), Span("  "), *numbers]
        for label, gauge, numbers in counters
    ]


def _numbers(gauge: Gauge) -> Line:
    whole: Line = [Span(f" / {gauge.whole.text}", "plain")] if gauge.whole.known else []
    share: Line = [Span(f"  {gauge.share.text} %", "label")] if gauge.share.known else []
    return [Span(gauge.figure.text, "strong"), *whole, *share]


def _learning_rate(progress: ProgressView, width: int) -> Line:
    line: Line = [_label("lr"), *figure(progress.learning_rate), Span(f" {progress.learning_rate_mark}  ", "label")]
    room = min(24, width - _LABEL - len(progress.learning_rate.text) - 6)
    if room >= 6 and len(progress.learning_rates) > 1:
        line += sparkline(progress.learning_rates, width=room, ink="info", low=0.0, dots=True)
    return line


def _gradient_and_rate(progress: ProgressView) -> Line:
    gradient = progress.gradient_norm
    word: Line = [Span(f" {gradient.word}", ink_of(gradient.severity))] if gradient.word else []
    line = [_label("grad"), Span(gradient.text, "strong"), *word]
    return [*line, Span("   "), *figure(progress.throughput)] if progress.throughput.known else line


def _metric(metric: NamedFigure, width: int) -> Line:
    name = metric.name if len(metric.name) <= width // 2 else metric.name[: width // 2 - 1] + "…"
    best: Line = [Span("  best ", "label"), Span(metric.best.text, "plain")] if metric.best.known else []
    return [Span(f"{name} ".ljust(_LABEL), "label"), *figure(metric.figure), *best]


def _one_line(progress: ProgressView) -> Line:
    line: Line = [Span(" "), *bar(progress.step.fraction, 10, "train.2"), Span(" ")]
    line += [Span(progress.step.figure.text, "strong"), Span(f" / {progress.step.whole.text}", "plain")]
    if progress.epoch.figure.known:
        line += [Span("  epoch ", "label"), Span(progress.epoch.figure.text, "strong")]
        line += [Span(f"/{progress.epoch.whole.text}", "plain")] if progress.epoch.whole.known else []
    line += [Span("  lr ", "label"), *figure(progress.learning_rate)]
    if progress.gradient_norm.known:
        line += [Span("  grad ", "label"), *figure(progress.gradient_norm)]
    return [*line, Span("  "), *figure(progress.throughput)] if progress.throughput.known else line


def _label(text: str) -> Span:
    return Span(text.ljust(_LABEL), "label")
