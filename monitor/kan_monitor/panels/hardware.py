"""Is the hardware used well: a block of bars for one GPU, a line each for several, the host's load."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kan_monitor.dashboard import Figure, Gauge, GpuView, HardwareView
from kan_monitor.ink import Line, Span
from kan_monitor.panels.frame import framed, inner_size
from kan_monitor.panels.lines import LINE_FORM_ROWS, bar, figure, fit, gauge_ink, ink_of, stack, warning, width_of

_LABEL: Final = 7
_SHORTEST_BAR: Final = 4


def draw(hardware: HardwareView, width: int, height: int, *, focused: bool = False) -> list[Line]:
    """The hardware panel."""
    if height <= LINE_FORM_ROWS:
        return stack(_line_form(hardware, width, height), width, height)
    inner_width, inner_height = inner_size(width, height)
    length = max(6, min(24, (inner_width - _LABEL) // 3))
    if len(hardware.gpus) == 1 and inner_height >= 5:
        lines = _gpu_block(hardware.gpus[0], length)
    elif hardware.gpus:
        lines = _gpu_table(hardware.gpus[: max(1, inner_height - 2)], inner_width)
    else:
        lines = [[Span("GPU".ljust(_LABEL), "title"), Span(hardware.problem or "—", "label")]]
    if hardware.gpus and hardware.problem:
        lines.append([Span("! ", "bad"), Span(hardware.problem, "warn")])
    lines += _host_block(hardware, length, inner_height - len(lines))
    note = f"trainer @ {hardware.host}" if hardware.host else ""
    return framed(lines, width, height, title="hardware", note=note, focused=focused)


def _gpu_block(gpu: GpuView, length: int) -> list[Line]:
    temperature: Line = [*figure(gpu.temperature.figure), *warning(gpu.temperature.figure)]
    temperature += [Span(f" {gpu.temperature.note}", "label")] if gpu.temperature.note else []
    return [
        [Span(f"GPU {gpu.index}".ljust(_LABEL), "title"), Span(gpu.name, "label")],
        [*_bar("util", gpu.utilization, length), *figure(gpu.utilization.figure), *warning(gpu.utilization.figure)],
        [*_bar("vram", gpu.memory, length), *_of_whole(gpu.memory)],
        [*_bar("temp", gpu.temperature, length), *temperature],
        [*_bar("power", gpu.power, length), *_of_whole(gpu.power)],
    ]


def _gpu_table(gpus: Sequence[GpuView], width: int) -> list[Line]:
    """A line each, the figures in columns: with words beside them where there is room for a bar, else with marks."""
    cells = [_gpu_cells(gpu) for gpu in gpus]
    index_width = max(len(str(gpu.index)) for gpu in gpus)
    columns = _columns(cells, words=True)
    room = width - index_width - 2 - width_of(_side_by_side(columns, 0))
    if room < _SHORTEST_BAR:
        columns = _columns(cells, words=False)
        room = width - index_width - 2 - width_of(_side_by_side(columns, 0))
    while room < _SHORTEST_BAR and len(columns) > 1:  # a figure that is cut would be taken for another one
        room += width_of(columns.pop()[0])
    length = max(_SHORTEST_BAR, min(24, room))
    return [
        [
            Span(f"{gpu.index:>{index_width}} ", "title"),
            *bar(gpu.utilization.fraction, length, gauge_ink(gpu.utilization)),
            *_side_by_side(columns, row),
        ]
        for row, gpu in enumerate(gpus)
    ]


def _gpu_cells(gpu: GpuView) -> list[tuple[str, Figure, str]]:
    """The figures of a line: as they are written, what they are judged by, and the mark of one that needs a look."""
    memory, temperature = gpu.memory, gpu.temperature.figure
    return [
        (f"{gpu.utilization.figure.text} %", gpu.utilization.figure, "▼"),
        (f"{memory.figure.text}/{memory.whole.text} GB", memory.figure, "▲"),
        (f"{temperature.text}°C", temperature, "▲"),
        (f"{gpu.power.figure.text} W", gpu.power.figure, "▲"),
    ]


def _columns(cells: Sequence[Sequence[tuple[str, Figure, str]]], *, words: bool) -> list[list[Line]]:
    """The cells column by column, all of one width; what needs a look says so by its word or by one character."""
    columns = []
    for column in zip(*cells, strict=True):
        widest = max(len(text) for text, _, _ in column)
        said = [warning(value) if words else _mark(value, mark) for _, value, mark in column]
        room = max(1, *map(width_of, said))
        columns.append(
            [
                [Span(f" {text:>{widest}}", figure(value)[0].ink), *fit(says, room)]
                for (text, value, _), says in zip(column, said, strict=True)
            ]
        )
    return columns


def _mark(value: Figure, mark: str) -> Line:
    return [Span("!" if value.severity == "bad" else mark, ink_of(value.severity))] if warning(value) else []


def _side_by_side(columns: Sequence[Sequence[Line]], row: int) -> Line:
    return [span for column in columns for span in column[row]]


def _host_block(hardware: HardwareView, length: int, rows: int) -> list[Line]:
    """The host: bars where there is room and no GPU has taken it, a line of figures otherwise."""
    if not (hardware.cpu.figure.known or hardware.memory.figure.known) or rows < 1:
        return []
    if rows >= 3 and not hardware.gpus:
        cpu = [*_bar("cpu", hardware.cpu, length), *figure(hardware.cpu.figure)]
        return [[], cpu, [*_bar("ram", hardware.memory, length), *_of_whole(hardware.memory)]]
    return [*([[]] if rows >= 2 and hardware.gpus else []), _host_line(hardware)]


def _host_line(hardware: HardwareView) -> Line:
    cpu, memory = hardware.cpu, hardware.memory
    return [
        Span("host".ljust(_LABEL), "title"),
        Span("cpu ", "label"),
        *figure(cpu.figure),
        Span("  ram ", "label"),
        *_of_whole(memory),
    ]


def _line_form(hardware: HardwareView, width: int, height: int) -> list[Line]:
    if not hardware.gpus:
        return [[Span(" "), *_host_line(hardware), Span(f"  {hardware.problem}", "label")]]
    return [[Span(" GPU ", "label"), *line] for line in _gpu_table(hardware.gpus[:height], width - 5)]


def _bar(label: str, gauge: Gauge, length: int) -> Line:
    return [Span(label.ljust(_LABEL), "label"), *bar(gauge.fraction, length, gauge_ink(gauge)), Span("  ")]


def _of_whole(gauge: Gauge) -> Line:
    if not gauge.whole.known:
        return figure(gauge.figure)
    value = Span(gauge.figure.text, figure(gauge.figure)[0].ink)
    return [value, Span(f" / {gauge.whole.text} {gauge.whole.unit}", "plain"), *warning(gauge.figure)]
