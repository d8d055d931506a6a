"""Is it learning: the largest panel, the loss curves over their figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kan_monitor.charts.chart import Rule, scale_of
from kan_monitor.charts.chart import draw as draw_chart
from kan_monitor.curves import VALIDATION, Curves, Plot
from kan_monitor.dashboard import Dashboard, LossView
from kan_monitor.ink import Line, Span
from kan_monitor.panels import loss_line
from kan_monitor.panels.frame import framed, inner_size
from kan_monitor.panels.lines import LINE_FORM_ROWS, figure, fit, ink_of, warning, width_of
from kan_monitor.panels.readout import (
    SEEN,
    Read,
    axis_words,
    event_marks,
    readout,
    rules,
    smoothing_words,
    x_axis,
    x_words,
)
from kan_monitor.viewport import ChartOptions

_AROUND_NOTE: Final = 14  # cells that the title, the frame and what joins the words take


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
    if height <= LINE_FORM_ROWS:
        return loss_line.draw(dashboard, curves, options, width, height, plain=plain)
    inner_width, inner_height = inner_size(width, height)
    if inner_width < 1:
        return framed([], width, height, title=dashboard.loss.title, focused=focused)
    total = None if (whole := dashboard.progress.step.whole.value) is None else int(whole)
    plot = curves.plot(dashboard.loss.series, total, inner_width, options)
    upright = rules(curves, options)
    chart = draw_chart(
        plot.layers,
        width=inner_width,
        height=max(0, inner_height - 1),
        start=plot.start,
        stop=plot.stop,
        log=options.log,
        marks=event_marks(dashboard, curves, options),
        rules=upright,
        x=x_axis(options, dashboard.utc_offset_seconds),
        plain=plain,
    )
    scale = scale_of(plot.layers, log=options.log)
    note = f"{axis_words(options, scale)} · {smoothing_words(options.smoothing)} · "
    note = _with_seen(note + x_words(options, curves.extent(options, total)), plot, upright, inner_width)
    if scale is not None:
        lines = [*chart, _reads(dashboard, curves, options, inner_width) or _legend(dashboard.loss, inner_width)]
    else:
        nothing = dashboard.loss.note if options.window is None else "nothing was logged in this window"
        lines = [*chart[: len(chart) // 2 - 1], _centred(nothing, inner_width), *chart[len(chart) // 2 :]]
    return framed(lines, width, height, title=dashboard.loss.title, note=note, focused=focused)


def _with_seen(note: str, plot: Plot, upright: Sequence[Rule], width: int) -> str:
    """What the dotted line means, before the other words, where it is in sight and there is room."""
    seen = any(rule.dotted and plot.start <= rule.x <= plot.stop for rule in upright)
    return f"┊ {SEEN} · {note}" if seen and len(SEEN) + len(note) <= width - _AROUND_NOTE else note


def _reads(dashboard: Dashboard, curves: Curves, options: ChartOptions, width: int) -> Line:
    """What the crosshair reads of both series; nothing without one."""
    loss = dashboard.loss
    main = curves.read(loss.series, options) if loss.series else None
    reads = [Read(loss.label, "train.3", main)]
    if validation := curves.read(VALIDATION, options._replace(smoothing=0.0)):
        reads.append(Read("validation", "validation.3", validation))
    return readout(reads, curves, options, width, dashboard.utc_offset_seconds)


def _centred(text: str, width: int) -> Line:
    return fit([Span(text.center(width), "label")], width)


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
