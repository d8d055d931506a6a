"""Is it learning: the largest panel, the loss curves over their figures."""

from __future__ import annotations

from typing import Final

from kan_monitor.charts.axis import Scale
from kan_monitor.charts.chart import Mark, scale_of
from kan_monitor.charts.chart import draw as draw_chart
from kan_monitor.curves import ChartOptions, Curves
from kan_monitor.dashboard import Dashboard, LossView
from kan_monitor.ink import Line, Span
from kan_monitor.panels.frame import framed, inner_size
from kan_monitor.panels.lines import figure, fit, ink_of, warning, width_of
from kan_monitor.thresholds import Severity

_GRAVEST_FIRST: Final[tuple[Severity, ...]] = ("bad", "warn", "info", "good", "great", "none")


def draw(
    dashboard: Dashboard,
    curves: Curves,
    options: ChartOptions,
    width: int,
    height: int,
    *,
    plain: bool = False,
    focused: bool = False,
) -> list[Line]:
    """The loss panel."""
    inner_width, inner_height = inner_size(width, height)
    if inner_width < 1:
        return framed([], width, height, title="loss", focused=focused)
    total = dashboard.progress.step.whole.value
    plot = curves.plot(dashboard.loss.series, None if total is None else int(total), inner_width, options)
    chart = draw_chart(
        plot.layers,
        width=inner_width,
        height=max(0, inner_height - 1),
        start=plot.start,
        stop=plot.stop,
        log=options.log,
        marks=_marks(dashboard),
        plain=plain,
    )
    scale = scale_of(plot.layers, log=options.log)
    note = f"{_axis_words(options, scale)} · {smoothing_words(options.smoothing)} · step"
    if scale is not None:
        lines = [*chart, _legend(dashboard.loss, inner_width)]
    else:
        lines = [*chart[: len(chart) // 2 - 1], _centred(dashboard.loss.note, inner_width), *chart[len(chart) // 2 :]]
    return framed(lines, width, height, title="loss", note=note, focused=focused)


def _marks(dashboard: Dashboard) -> list[Mark]:
    """What happened, as marks on the axis; where some fall together the gravest is in front, then the latest."""
    happened: list[tuple[Severity, int | None, str]] = [
        *((event.severity, event.step, event.mark) for event in dashboard.events),
        *((alert.severity, alert.first_step, alert.mark) for alert in dashboard.alerts if alert.kind != "alert"),
    ]
    happened.sort(key=lambda what: _GRAVEST_FIRST.index(what[0]))
    return [
        Mark(step, mark, ink_of(severity, "label")) for severity, step, mark in reversed(happened) if step is not None
    ]


def _centred(text: str, width: int) -> Line:
    return fit([Span(text.center(width), "label")], width)


def _axis_words(options: ChartOptions, scale: Scale | None) -> str:
    """How the y axis runs, and why it does not run as it was asked to."""
    if scale is not None and scale.fell_back:
        return "linear, some ≤ 0"
    return "log" if options.log else "linear"


def smoothing_words(weight: float) -> str:
    """How a smoothing weight is called."""
    return f"ema {weight:g}" if weight else "raw"


def _legend(loss: LossView, width: int) -> Line:
    train: Line = [Span(" ━ ", "train.3"), Span(f"{loss.label} ", "label"), *figure(loss.train), *warning(loss.train)]
    if loss.trend.mark:
        train += [Span(f" {loss.trend.mark}", ink_of(loss.trend.severity))]
    change: Line = [Span(f" {loss.change.text} %", ink_of(loss.trend.severity, "plain"))] if loss.change.known else []
    validation: Line = []
    if loss.validation.known:
        validation = [Span("   ━ ", "validation.3"), Span("validation ", "label"), *figure(loss.validation)]
        validation += warning(loss.validation)
    best: Line = []
    if loss.best.known:
        best = [Span("   best ", "label"), *figure(loss.best), Span(f" @ {loss.best_step.text}", "label")]
    line = [*train, *change, *validation, *best]
    for shorter in ([*train, *change, *validation], [*train, *validation], train):
        line = line if width_of(line) <= width else shorter
    return line
