"""Several runs side by side: their curves over the ranking, and where their configs differ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from kan_monitor.charts.canvas import joined
from kan_monitor.charts.chart import ALIKE
from kan_monitor.ink import Line, Span
from kan_monitor.overlay import Overlay
from kan_monitor.panels import footer
from kan_monitor.panels.frame import framed, inner_size
from kan_monitor.panels.lines import figure, fit, ink_of, shortened, stack
from kan_monitor.panels.overlay import draw as draw_overlay
from kan_monitor.panels.readout import smoothing_words, x_words
from kan_monitor.panels.runs import numbered
from kan_monitor.view.compare import ComparedRun, CompareView, ConfigRow
from kan_monitor.viewport import ChartOptions

_KEYS: Final = (
    ("m", "metric"),
    ("o", "best/smoothed"),
    ("a", "all keys"),
    ("l", "log/linear"),
    ("s", "smooth"),
    ("↑↓", "config"),
)
#: From this width on, the ranking stands beside the chart; and so wide it is then.
_BESIDE: Final = 140
_RANKING_WIDTH: Final = 76
_LOWEST_CHART: Final = 6
_LOWEST_CONFIG: Final = 4
_NARROWEST_VALUE: Final = 9
_WIDEST_VALUE: Final = 32


class CompareOptions(NamedTuple):
    """What the one who looks has chosen: the chart's options, and from where on the config is shown."""

    chart: ChartOptions = ChartOptions()
    first_key: int = 0
    first_run: int = 0
    utc_offset_seconds: int = 0


class _Sizes(NamedTuple):
    """The rows of the upper part, and of the chart in it; the columns of the ranking beside it, 0 where it is below."""

    upper: int
    chart: int
    beside: int


def draw(view: CompareView, overlay: Overlay | None, options: CompareOptions, width: int, height: int) -> list[Line]:
    """The comparison on exactly `width` × `height` cells."""
    sizes = _sizes(view, width, height)
    chart = _chart(view, overlay, options, width - sizes.beside, sizes.chart)
    ranking = _ranking(view, sizes.beside or width, sizes.upper if sizes.beside else sizes.upper - sizes.chart)
    upper = [[*left, *right] for left, right in zip(chart, ranking, strict=True)] if sizes.beside else chart + ranking
    config = _config(view, options, width, height - 1 - sizes.upper)
    return stack([*upper, *config, *footer.draw(_KEYS, width, kept=footer.BACK)], width, height)


def config_rows(view: CompareView, width: int, height: int) -> int:
    """How many keys of the config the screen shows at once."""
    return max(0, height - 1 - _sizes(view, width, height).upper - 3)


def _sizes(view: CompareView, width: int, height: int) -> _Sizes:
    """The config gets what it needs, up to half of the screen; a low screen has the chart and the ranking alone."""
    table, whole = len(view.runs) + 3, max(0, height - 1)
    config = min(len(view.config) + 3, whole * 9 // 20)
    if width >= _BESIDE:
        upper = max(min(table, whole), whole - config)
        return _Sizes(upper, upper, _RANKING_WIDTH)
    chart = max(_LOWEST_CHART, whole - config - table)
    if whole - table - chart < min(_LOWEST_CONFIG, len(view.config) + 3):
        chart = max(_LOWEST_CHART, whole - table)
    chart = min(chart, whole)
    return _Sizes(min(whole, chart + table), chart, 0)


def chart_width(view: CompareView, width: int, height: int) -> int:
    """How wide the chart is on a screen of that size."""
    return inner_size(width - _sizes(view, width, height).beside, 0)[0]


def _chart(view: CompareView, overlay: Overlay | None, chosen: CompareOptions, width: int, height: int) -> list[Line]:
    options, utc_offset_seconds = chosen.chart, chosen.utc_offset_seconds
    inner_width, inner_height = inner_size(width, height)
    axes = x_words(options, overlay.extent(options)) if overlay is not None else options.x
    note = f"{'log' if options.log else 'linear'} · {smoothing_words(options.smoothing)} · {axes}"
    lines = [[Span("these runs have no metric yet", "label")]]
    if overlay is not None and inner_width > 0 and inner_height > 0:
        lines = draw_overlay(overlay, (), options, inner_width, inner_height, utc_offset_seconds=utc_offset_seconds)
    return framed(lines, width, height, title=f"compare {view.metric}".rstrip(), note=note)


def _ranking(view: CompareView, width: int, height: int) -> list[Line]:
    inner_width, _ = inner_size(width, height)
    columns = _ranking_columns(inner_width)
    lines = [_heading(columns, view), *(_ranked(run, columns) for run in view.runs)]
    return framed(lines, width, height, title="ranking", note=view.order)


def _ranking_columns(width: int) -> dict[str, int]:
    """The columns that there is room for, and how wide they are."""
    sizes = {"": 3, "run": 18}
    room = width - sum(sizes.values())
    for name, size in (("best", 10), ("smoothed", 11), ("status", 14), ("at step", 9), ("latest", 10), ("step", 9)):
        if size <= room:
            sizes[name] = size
            room -= size
    sizes["run"] = max(0, min(sizes["run"] + room, width - 3))
    return sizes


def _heading(columns: dict[str, int], view: CompareView) -> Line:
    line: Line = []
    for name, size in columns.items():
        chosen = name == view.ranking
        line += fit([Span(f"{name} ▴" if chosen else name, "key" if chosen else "label")], size)
    return line


def _ranked(run: ComparedRun, columns: dict[str, int]) -> Line:
    called = shortened(run.name, columns["run"] - 5)
    cells: dict[str, Line] = {
        "": [Span("—" if run.rank is None else str(run.rank), "label")],
        "run": [numbered(run.number), Span("━ ", ALIKE[(run.number - 1) % len(ALIKE)]), Span(called, "strong")],
        "best": figure(run.best),
        "smoothed": figure(run.smoothed),
        "status": [Span(f"{run.badge.mark} {run.badge.word}", ink_of(run.badge.severity, "label"))],
        "at step": figure(run.best_step, ink="plain"),
        "latest": figure(run.latest, ink="plain"),
        "step": figure(run.step, ink="plain"),
    }
    return joined(span for name, size in columns.items() for span in (*fit(cells[name], max(0, size - 1)), Span(" ")))


def _config(view: CompareView, options: CompareOptions, width: int, height: int) -> list[Line]:
    if height < 1:
        return []
    inner_width, inner_height = inner_size(width, height)
    keys = _key_width(view.config, inner_width)
    fitting = max(1, (inner_width - keys) // _NARROWEST_VALUE)
    first = min(options.first_run, max(0, len(view.names) - fitting))
    shown = range(first, min(len(view.names), first + fitting))
    size = min(_WIDEST_VALUE, max(0, inner_width - keys) // max(1, len(shown)))
    lines = [_names(view, shown, keys, size)] if view.config else [[Span(view.config_nothing, "label")]]
    rows = view.config[options.first_key : options.first_key + max(0, inner_height - 1)]
    lines += [_config_line(row, shown, keys, size) for row in rows]
    return framed(lines, width, height, title="config", note=_place(view, options, len(rows), shown, width - 16))


def _key_width(rows: Sequence[ConfigRow], width: int) -> int:
    return min(max((len(row.key) for row in rows), default=0) + 2, max(12, width // 3), width)


def _names(view: CompareView, shown: Iterable[int], keys: int, size: int) -> Line:
    line = fit([Span("key", "label")], keys)
    for index in shown:
        line += _value_cell([numbered(index + 1), Span(shortened(view.names[index], size - 3), "strong")], size)
    return line


def _config_line(row: ConfigRow, shown: Iterable[int], keys: int, size: int) -> Line:
    line = [*fit([Span(shortened(row.key, keys - 1), "label")], max(0, keys - 1)), Span(" ")]
    for index in shown:
        text = row.texts[index]
        known = row.values[index] is not None
        line += _value_cell([Span(text, "label" if not known else "strong" if row.differs else "plain")], size)
    return joined(line)


def _value_cell(content: Line, size: int) -> Line:
    return [*fit(content, size - 1), Span(" ")] if size > 0 else []


def _place(view: CompareView, options: CompareOptions, rows: int, shown: range, room: int) -> str:
    """What is shown of the config, and what is not: as much of that as there is room for."""
    parts = [view.config_note, *view.config_problems]
    if rows < len(view.config):
        parts.insert(0, f"{options.first_key + 1}…{options.first_key + rows} of {len(view.config)}")
    if len(shown) < len(view.names):
        parts.insert(0, f"runs {shown.start + 1}…{shown.stop} of {len(view.names)}")
    while len(parts) > 1 and len(" · ".join(parts)) > room:
        parts.pop()
    return " · ".join(parts)
