"""How far and how fast: counters, learning rate, gradient, throughput, and the run's own metrics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len

from kan_monitor.charts.chart import sparkline
from kan_monitor.dashboard import Gauge, NamedFigure, ProgressView
from kan_monitor.ink import Line, Span
from kan_monitor.panels.frame import framed, inner_size
from kan_monitor.panels.lines import LINE_FORM_ROWS, bar, figure, fit, ink_of, joined, stack, width_of

_LABEL: Final = 7
_LONGEST_BAR: Final = 40


def draw(progress: ProgressView, width: int, height: int, *, focused: bool = False) -> list[Line]:
    """The progress panel."""
    if height <= LINE_FORM_ROWS:
        return stack([_one_line(progress, width)], width, height)
    inner_width, inner_height = inner_size(width, height)
    counters = _counters(progress, inner_width)
    figures = _figures(progress, inner_width, inner_height - len(counters) - len(progress.metrics))
    rows = inner_height - len(counters) - len(figures)
    air: list[Line] = [[]] if rows > len(progress.metrics) else []
    lines = [*counters, *air, *figures, *_metrics(progress.metrics, inner_width, rows - len(air))]
    return framed(lines, width, height, title="progress", focused=focused)


def _figures(progress: ProgressView, width: int, rows: int) -> list[Line]:
    """The figures in a line each where there are rows, in two otherwise."""
    lr, gradient = _learning_rate(progress, width), _gradient(progress)
    throughput, steps, epoch = progress.throughput, progress.steps_per_second, progress.epoch_duration
    rates = [
        figure(each)
        for each in (throughput, steps)
        if each.known and (each is throughput or each.unit != throughput.unit)
    ]
    lines = [lr, gradient]
    lines += [[_label("rate"), *joined(rates, width - _LABEL, gap=3)]] if rates else []
    lines += [[_label("pace"), *figure(epoch)]] if epoch.known else []
    if len(lines) <= rows:
        return lines
    return [lr, joined([gradient, figure(throughput)], width, gap=3) if throughput.known else gradient]


def _counters(progress: ProgressView, width: int) -> list[Line]:
    """Epoch and step, under bars of one length that leave room for the longer numbers."""
    shown = [("epoch", progress.epoch)] if progress.epoch.figure.known else []
    counters = [(label, gauge, _numbers(gauge)) for label, gauge in [*shown, ("step", progress.step)]]
    room = width - _LABEL - 2 - max(width_of(numbers) for _, _, numbers in counters)
    length = max(4, min(_LONGEST_BAR, room))
    return [
        [_label(label), *bar(gauge.fraction, length, "train.2"), Span("  "), *numbers]
        for label, gauge, numbers in counters
    ]


def _numbers(gauge: Gauge) -> Line:
    share: Line = [Span(f"  {gauge.share.text} %", "label")] if gauge.share.known else []
    return [*_of(gauge), *share]


def _learning_rate(progress: ProgressView, width: int) -> Line:
    line: Line = [_label("lr"), *figure(progress.learning_rate), Span(f" {progress.learning_rate_mark}  ", "label")]
    room = min(24, width - _LABEL - len(progress.learning_rate.text) - 6)
    if room >= 6 and len(progress.learning_rates) > 1:
        past, ahead = progress.learning_rates, progress.learning_rates_ahead
        line += sparkline(past, width=room, ink="info", low=0.0, dots=True, ahead=ahead)
    return line


def _gradient(progress: ProgressView) -> Line:
    gradient = progress.gradient_norm
    word: Line = [Span(f" {gradient.word}", ink_of(gradient.severity))] if gradient.word else []
    return [_label("grad"), Span(gradient.text, "strong"), *word]


def _metrics(metrics: Sequence[NamedFigure], width: int, rows: int) -> list[Line]:
    """A line each, their figures in one column; the last line says how many there is no room for."""
    shown = metrics if len(metrics) <= rows else metrics[: max(0, rows - 1)]
    widest = max((cell_len(metric.name) for metric in shown), default=0)
    name_width = max(_LABEL, min(width // 2, widest + 1))
    lines = [_metric(metric, name_width) for metric in shown]
    more = len(metrics) - len(shown)
    return [*lines, [Span(f"and {more} more", "label")]] if more else lines


def _metric(metric: NamedFigure, name_width: int) -> Line:
    name = fit([Span(metric.name, "label")], name_width - 1)
    best: Line = [Span("  best ", "label"), Span(metric.best.text, "plain")] if metric.best.known else []
    return [*name, Span(" "), *figure(metric.figure), *best]


def _one_line(progress: ProgressView, width: int) -> Line:
    step, epoch = progress.step, progress.epoch
    length = max(4, min(10, width // 8))
    parts: list[Line] = [[Span(" "), *bar(step.fraction, length, "train.2"), Span(" "), *_of(step)]]
    if epoch.figure.known:
        parts.append([Span("epoch ", "label"), *_of(epoch)])
    parts.append([Span("lr ", "label"), *figure(progress.learning_rate)])
    if progress.gradient_norm.known:
        parts.append([Span("grad ", "label"), *figure(progress.gradient_norm)])
    if progress.throughput.known:
        parts.append(figure(progress.throughput))
    return joined(parts, width, gap=2)


def _of(gauge: Gauge) -> Line:
    whole: Line = [Span(f" / {gauge.whole.text}", "plain")] if gauge.whole.known else []
    return [Span(gauge.figure.text, "strong"), *whole]


def _label(text: str) -> Span:
    return Span(text.ljust(_LABEL), "label")
