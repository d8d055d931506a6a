"""The hardware on a screen of its own: every figure with what it was over the last minutes, and the ranks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Final, NamedTuple

from kan_monitor.charts.sparkline import area
from kan_monitor.dashboard import Gauge, GpuView, HardwareView, RankView
from kan_monitor.ink import Ink, Line, Span
from kan_monitor.panels.gpus import LABEL, gpu_table
from kan_monitor.panels.hardware_words import energy, lately, of_whole, rank_summary, reasons, throttled
from kan_monitor.panels.lines import bar, figure, fit, gauge_ink, ink_of, joined, warning

_NARROWEST: Final = 52
#: From these widths on, four gauges of a GPU stand side by side, and six or three of the host.
_FOUR_ABREAST: Final = 100
_SIX_ABREAST: Final = 150
_THREE_ABREAST: Final = 66
#: In less, a table of GPUs with the host in a line below it says more.
_TABLE_FROM: Final = 72
_HIGHEST: Final = 6
_GAP: Final = 3


class _Cell(NamedTuple):
    """What stands in one place: its figures, and the gauge that is drawn below them."""

    says: Line
    gauge: Gauge
    ink: Ink


class _Section(NamedTuple):
    """A GPU, or the host: a title, and rows of cells below it."""

    title: Line
    rows: list[list[_Cell]]


def over_time(hardware: HardwareView, width: int, height: int) -> list[Line] | None:
    """The lines of the whole panel; `None` where there is no room for it."""
    if width < _NARROWEST:
        return None
    host = _host_section(hardware, width)
    abreast = 4 if width >= _FOUR_ABREAST else 2
    sections = [*(_gpu_section(gpu, width, abreast) for gpu in hardware.gpus), host]
    drawn = _drawn(_unseen(hardware), sections, hardware, width, height)
    rows = height - 2 - _rows_of([host], 1)
    if drawn is not None or width < _TABLE_FROM or rows < len(hardware.gpus):  # no GPU is hidden for the host's sake
        return drawn
    return _drawn(_table(hardware, width, rows), [host], hardware, width, height)


def _drawn(
    head: list[Line], sections: Sequence[_Section], hardware: HardwareView, width: int, height: int
) -> list[Line] | None:
    """`head`, the sections as high as there is room, then what is to be said of the whole; `None` if it is too high."""
    said = [rank_summary(hardware), *([] if len(sections) > 1 else [throttled(hardware.gpus)]), *energy(hardware)]
    note = joined([part for part in said if part], width, gap=_GAP)
    spare = height - len(head) - _rows_of(sections, 1) - bool(note)
    if spare < 0:
        return None
    ranks = _rank_lines(hardware, min(spare, height // 3))
    spare -= len(ranks)
    air = len(sections) - 1 + bool(head) + bool(note)
    air = air if spare >= air else 0
    rows = sum(len(section.rows) for section in sections)
    high = 1 + min(_HIGHEST - 1, (spare - air) // rows)
    between: list[Line] = [[]] if air else []
    lines = [*head, *(between if head else [])]
    for section in sections:
        lines += [*_section_lines(section, width, high), *between]
    return [*lines, *([note] if note else []), *ranks]


def _rows_of(sections: Sequence[_Section], high: int) -> int:
    return sum(1 + len(section.rows) * (1 + high) for section in sections)


def _section_lines(section: _Section, width: int, high: int) -> list[Line]:
    lines = [section.title]
    for cells in section.rows:
        each = (width + _GAP) // len(cells) - _GAP
        blocks = [[fit(cell.says, each), *_lately(cell, each, high)] for cell in cells]
        gap = Span(" " * _GAP)
        lines += [[span for part in row for span in (*part, gap)][:-1] for row in zip(*blocks, strict=True)]
    return lines


def _lately(cell: _Cell, width: int, high: int) -> list[Line]:
    """What a gauge was lately; a bar of what it is where nobody has recorded that."""
    gauge = cell.gauge
    if gauge.recent:
        return area(lately(gauge, width), width=width, height=high, ink=cell.ink, high=gauge.full)
    return [*[[Span(" " * width)]] * (high - 1), bar(gauge.fraction, width, cell.ink)]


def _gpu_section(gpu: GpuView, width: int, abreast: int) -> _Section:
    cells = [
        _cell("util", gpu.utilization, [*figure(gpu.utilization.figure), *warning(gpu.utilization.figure)]),
        _cell("vram", gpu.memory, _tight(gpu.memory)),
        _cell("temp", gpu.temperature, _tight(gpu.temperature)),
        _cell("power", gpu.power, of_whole(gpu.power)),
    ]
    clock: Line = [Span("clock ", "label"), *of_whole(gpu.clock)] if gpu.clock.figure.known else []
    used: Line = [Span("used ", "label"), *figure(gpu.energy)] if gpu.energy.known else []
    name: Line = [Span(f"GPU {gpu.index}".ljust(LABEL), "title"), Span(gpu.name, "label")]
    where: Line = [Span(gpu.host, "label")] if gpu.host else []
    title = joined([part for part in (name, where, reasons(gpu), clock, used) if part], width, gap=_GAP)
    return _Section(title, [cells[at : at + abreast] for at in range(0, len(cells), abreast)])


def _host_section(hardware: HardwareView, width: int) -> _Section:
    cpu = [*figure(hardware.cpu.figure), Span(f" of {hardware.cpu.whole.text} {hardware.cpu.whole.unit}", "plain")]
    cells = [
        _cell("cpu", hardware.cpu, cpu if hardware.cpu.whole.known else figure(hardware.cpu.figure)),
        _cell("ram", hardware.memory, of_whole(hardware.memory)),
        _cell("disk read", hardware.disk_read, figure(hardware.disk_read.figure)),
        _cell("disk write", hardware.disk_write, figure(hardware.disk_write.figure)),
        _cell("net in", hardware.network_received, figure(hardware.network_received.figure)),
        _cell("net out", hardware.network_sent, figure(hardware.network_sent.figure)),
    ]
    process, swap, disk = hardware.process_memory, hardware.swap, hardware.disk
    parts: list[Line] = [[Span("host".ljust(LABEL), "title"), Span(hardware.host, "label")]]
    parts += [[Span("disk free ", "label"), *of_whole(disk)]] if disk.figure.known else []
    parts += [[Span("trainer ", "label"), *figure(process)]] if process.known else []
    parts += [[Span("swap ", "label"), *of_whole(swap)]] if swap.whole.value else []
    abreast = 6 if width >= _SIX_ABREAST else 3 if width >= _THREE_ABREAST else 2
    rows = [cells[at : at + abreast] for at in range(0, len(cells), abreast)]
    return _Section(joined(parts, width, gap=_GAP), rows)


def _tight(gauge: Gauge) -> Line:
    """A figure and its whole in fewer cells."""
    whole = f"/{gauge.whole.text}" if gauge.whole.known else ""
    text = f"{gauge.figure.text}{whole} {gauge.figure.unit}"
    return [Span(text, figure(gauge.figure)[0].ink), *warning(gauge.figure)]


def _cell(label: str, gauge: Gauge, says: Line) -> _Cell:
    return _Cell([Span(f"{label} ", "label"), *says], gauge, gauge_ink(gauge))


def _unseen(hardware: HardwareView) -> list[Line]:
    """What stands in the place of GPUs that are not there, or beside those that are."""
    if hardware.gpus and not hardware.problem:
        return []
    if hardware.gpus:
        return [[Span("! ", "bad"), Span(hardware.problem, "warn")]]
    return [[Span("GPU".ljust(LABEL), "title"), Span(hardware.problem or "—", "label")]]


def _table(hardware: HardwareView, width: int, rows: int) -> list[Line]:
    """A line each, for GPUs that are too many to be drawn over time."""
    unseen = _unseen(hardware)
    rows = max(1, rows - len(unseen))
    shown = hardware.gpus[: rows if len(hardware.gpus) <= rows else max(1, rows - 1)]
    hidden = len(hardware.gpus) - len(shown)
    more: list[Line] = [[Span(f"and {hidden} more GPUs", "label")]] if hidden else []
    return [*unseen, *gpu_table(shown, width), *more]


def _rank_lines(hardware: HardwareView, rows: int) -> list[Line]:
    """A line for each rank, those that need a look first."""
    ranks = hardware.ranks.ranks if hardware.ranks else ()
    shown = ranks[:rows]
    columns = [_rank_cells(rank) for rank in shown]
    widths = [max(sum(len(span.text) for span in cell) for cell in column) for column in zip_longest(*columns)]
    return [
        [span for cell, wide in zip(cells, widths, strict=True) for span in (*fit(cell, wide), Span("  "))]
        for cells in columns
    ]


def _rank_cells(rank: RankView) -> list[Line]:
    ink = ink_of(rank.severity, "plain")
    behind = f"{rank.behind.text} behind" if rank.behind.value else ""
    return [
        [Span("rank ", "label"), Span(f"{rank.number:>3}", "title")],
        [Span(f"{rank.mark} {rank.word}", ink)],
        [Span("step ", "label"), *figure(rank.step)] if rank.step.known else [],
        [Span(behind, ink)],
        figure(rank.step_seconds) if rank.step_seconds.known else [],
        [Span(rank.host, "label")],
    ]
