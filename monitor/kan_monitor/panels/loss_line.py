"""The loss where there is no room for its panel: figures and a curve, in one row or a few."""

from __future__ import annotations

from kan_monitor.charts.chart import draw as draw_chart
from kan_monitor.charts.chart import sparkline
from kan_monitor.curves import ChartOptions, Curves, Plot
from kan_monitor.dashboard import Dashboard, LossView
from kan_monitor.ink import Line, Span
from kan_monitor.panels.lines import figure, ink_of, joined, stack, width_of

_SHORTEST_CURVE = 3


def draw(
    dashboard: Dashboard, curves: Curves, options: ChartOptions, width: int, height: int, *, plain: bool = False
) -> list[Line]:
    """A sparkline behind the figures, or a chart without axes below them."""
    total = dashboard.progress.step.whole.value
    steps = None if total is None else int(total)
    figures = _figures(dashboard.loss)
    if height > 1 and dashboard.loss.train.known:
        plot = curves.plot(dashboard.loss.series, steps, width, options)
        chart = draw_chart(
            plot.layers,
            width=width,
            height=height - 1,
            start=plot.start,
            stop=plot.stop,
            log=options.log,
            plain=plain,
        )
        return stack([joined(figures, width, gap=2), *chart], width, height)
    line = joined(figures[:1], width, gap=2)
    room = width - width_of(line) - 2
    if room >= _SHORTEST_CURVE:
        line += [Span("  "), *_course(curves.plot(dashboard.loss.series, steps, room, options), room)]
    return stack([line], width, height)


def _figures(loss: LossView) -> list[Line]:
    train: Line = [Span(f" {loss.label} ", "label"), *figure(loss.train)]
    train += [Span(f" {loss.trend.mark}", ink_of(loss.trend.severity))] if loss.trend.mark else []
    validation: Line = [Span("validation ", "label"), *figure(loss.validation)]
    return [train, validation] if loss.validation.known else [train]


def _course(plot: Plot, width: int) -> Line:
    """The curve that the figure is of, the newest value at the right."""
    values = next((layer.envelope.mean for layer in reversed(plot.layers) if layer.series == "train"), [])
    known = [value for value in values if value is not None]
    return sparkline(known, width=min(width, len(known)), ink="train.3", dots=True) if known else []
