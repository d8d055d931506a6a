"""GPUs, drawn: a block of bars for one, a line each for several, with as much on it as there is room for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from kan_monitor.charts.sparkline import sparkline
from kan_monitor.dashboard import Figure, Gauge, GpuView
from kan_monitor.ink import Line, Span
from kan_monitor.panels.hardware_words import lately, of_whole
from kan_monitor.panels.lines import bar, figure, fit, gauge_ink, ink_of, warning, width_of

LABEL: Final = 7
_SHORTEST_BAR: Final = 4
_BAR_BESIDE_LIMITS: Final = 10
_LONGEST_BAR: Final = 24
#: A bar with more room than this leaves the rest to a sparkline.
_BAR_BESIDE_SPARKLINE: Final = 12
_SHORTEST_SPARKLINE: Final = 10
_WIDEST_FIGURES: Final = 24
_WIDEST_HOST: Final = 16


class _Cell(NamedTuple):
    """A figure of a line: as it is written, what it is judged by, and the mark of one that needs a look."""

    text: str
    figure: Figure
    mark: str


def gpu_block(gpu: GpuView, width: int, length: int) -> list[Line]:
    """Five lines: the name, and four gauges, each with a bar of `length` cells and what it was lately."""
    temperature: Line = [*figure(gpu.temperature.figure), *warning(gpu.temperature.figure)]
    temperature += [Span(f" {gpu.temperature.note}", "label")] if gpu.temperature.note else []
    utilization = [*figure(gpu.utilization.figure), *warning(gpu.utilization.figure)]
    rows = (
        ("util", gpu.utilization, utilization),
        ("vram", gpu.memory, of_whole(gpu.memory)),
        ("temp", gpu.temperature, temperature),
        ("power", gpu.power, of_whole(gpu.power)),
    )
    title = [Span(f"GPU {gpu.index}".ljust(LABEL), "title"), Span(gpu.name, "label")]
    return [
        title,
        *(_with_sparkline([*_bar(label, gauge, length), *says], gauge, width) for label, gauge, says in rows),
    ]


def gpu_table(gpus: Sequence[GpuView], width: int) -> list[Line]:
    """A line each, the figures in columns: with limits and reasons where there is room, with words where there is
    room for a bar besides, else with marks."""
    if not gpus:
        return []
    labels = _labels(gpus)
    taken = max(map(len, labels)) + 1
    columns, room = _richest(gpus, width - taken)
    while room < _SHORTEST_BAR and len(columns) > 1:  # a figure that is cut would be taken for another one
        room += width_of(columns.pop()[0])
    length = max(_SHORTEST_BAR, min(_LONGEST_BAR, room - 1))
    beside = 0
    if room - _BAR_BESIDE_SPARKLINE - 2 >= _SHORTEST_SPARKLINE and any(gpu.utilization.recent for gpu in gpus):
        length, beside = _BAR_BESIDE_SPARKLINE, room - _BAR_BESIDE_SPARKLINE - 2
    return [
        [
            Span(f"{label:>{taken - 1}} ", "title"),
            *bar(gpu.utilization.fraction, length, gauge_ink(gpu.utilization)),
            *([Span(" "), *_lately(gpu.utilization, beside)] if beside else []),
            *_side_by_side(columns, row),
        ]
        for row, (gpu, label) in enumerate(zip(gpus, labels, strict=True))
    ]


def _labels(gpus: Sequence[GpuView]) -> list[str]:
    hosts = [f"{gpu.host[:_WIDEST_HOST]} " if gpu.host else "" for gpu in gpus]
    widest = max(len(str(gpu.index)) for gpu in gpus)
    return [f"{host}{gpu.index:>{widest}}" for gpu, host in zip(gpus, hosts, strict=True)]


def _richest(gpus: Sequence[GpuView], width: int) -> tuple[list[list[Line]], int]:
    """The columns that say the most and leave room for a bar, and how much room that is."""
    forms: tuple[tuple[Callable[[GpuView], list[_Cell]], bool, int], ...] = (
        (_cells_with_limits, True, _BAR_BESIDE_LIMITS),
        (_cells, True, _SHORTEST_BAR),
        (lambda gpu: _cells(gpu)[:-1], True, _SHORTEST_BAR),
        (_cells, False, _SHORTEST_BAR),
    )
    for cells, words, shortest in forms:
        columns = _columns([cells(gpu) for gpu in gpus], words=words)
        room = width - width_of(_side_by_side(columns, 0))
        if room > shortest:
            break
    return columns, room


def _cells(gpu: GpuView) -> list[_Cell]:
    memory, temperature = gpu.memory, gpu.temperature.figure
    return [
        _Cell(f"{gpu.utilization.figure.text} %", gpu.utilization.figure, "▼"),
        _Cell(f"{memory.figure.text}/{memory.whole.text} GB", memory.figure, "▲"),
        _Cell(f"{temperature.text}°C", temperature, "▲"),
        _Cell(f"{gpu.power.figure.text} W", gpu.power.figure, "▲"),
        _Cell("", _throttled(gpu, short=True), ""),
    ]


def _cells_with_limits(gpu: GpuView) -> list[_Cell]:
    utilization, memory, temperature, power, _ = _cells(gpu)
    throttle, limit = gpu.temperature.whole, gpu.power.whole
    return [
        utilization,
        memory,
        temperature._replace(text=f"{temperature.figure.text}/{throttle.text}°C") if throttle.known else temperature,
        power._replace(text=f"{power.figure.text}/{limit.text} W") if limit.known else power,
        _Cell("", _throttled(gpu), ""),
    ]


def _throttled(gpu: GpuView, *, short: bool = False) -> Figure:
    """A figure that is only its word."""
    if not gpu.throttle_reasons:
        return Figure()
    return Figure(severity=gpu.throttle_severity, word="throttled" if short else ", ".join(gpu.throttle_reasons))


def _columns(cells: Sequence[Sequence[_Cell]], *, words: bool) -> list[list[Line]]:
    """The cells column by column, all of one width; what needs a look says so by its word or by its mark. A column
    that says nothing of any is left out."""
    columns = []
    for column in zip(*cells, strict=True):
        widest = max(len(cell.text) for cell in column)
        said = [warning(cell.figure) if words else _mark(cell) for cell in column]
        room = max(1, *map(width_of, said))
        if widest or any(map(width_of, said)):
            columns.append(
                [
                    [Span(f" {cell.text:>{widest}}", figure(cell.figure)[0].ink), *fit(says, room)]
                    for cell, says in zip(column, said, strict=True)
                ]
            )
    return columns


def _mark(cell: _Cell) -> Line:
    if not warning(cell.figure):
        return []
    mark = "!" if cell.figure.severity == "bad" and cell.mark else cell.mark
    return [Span(mark, ink_of(cell.figure.severity))]


def _side_by_side(columns: Sequence[Sequence[Line]], row: int) -> Line:
    return [span for column in columns for span in column[row]]


def _bar(label: str, gauge: Gauge, length: int) -> Line:
    return [Span(label.ljust(LABEL), "label"), *bar(gauge.fraction, length, gauge_ink(gauge)), Span("  ")]


def _with_sparkline(line: Line, gauge: Gauge, width: int) -> Line:
    """The line, and what the gauge was lately at the right edge where that leaves the figures their place."""
    left = max(width_of(line), LABEL + _LONGEST_BAR + _WIDEST_FIGURES)
    room = width - left - 2
    if not gauge.recent or room < _SHORTEST_SPARKLINE:
        return line
    return [*fit(line, left + 2), *_lately(gauge, room)]


def _lately(gauge: Gauge, width: int) -> Line:
    return sparkline(lately(gauge, width), width=width, ink=gauge_ink(gauge), low=0.0, high=gauge.full)
