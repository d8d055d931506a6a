"""Is the hardware used well: a block of bars for one GPU, a line each for several, the host's load."""

from __future__ import annotations

from typing import Final

from kan_monitor.dashboard import Gauge, GpuView, HardwareView
from kan_monitor.ink import Line, Span
from kan_monitor.panels.frame import framed, inner_size
from kan_monitor.panels.lines import LINE_FORM_ROWS, bar, figure, gauge_ink, stack, warning

_LABEL: Final = 7


def draw(hardware: HardwareView, width: int, height: int, *, focused: bool = False) -> list[Line]:
    """The hardware panel."""
    if height <= LINE_FORM_ROWS:
        return stack(_line_form(hardware, height), width, height)
    inner_width, inner_height = inner_size(width, height)
    length = max(6, min(24, (inner_width - _LABEL) // 3))
    if len(hardware.gpus) == 1 and inner_height >= 5:
        lines = _gpu_block(hardware.gpus[0], length)
    elif hardware.gpus:
        lines = [_gpu_line(gpu, max(4, length // 2)) for gpu in hardware.gpus[: max(1, inner_height - 2)]]
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


def _gpu_line(gpu: GpuView, length: int) -> Line:
    memory, temperature, power = gpu.memory, gpu.temperature, gpu.power
    line: Line = [Span(f"{gpu.index} ", "title"), *bar(gpu.utilization.fraction, length, gauge_ink(gpu.utilization))]
    line += [Span(" "), *figure(gpu.utilization.figure), Span("  "), *figure(memory.figure, unit_ink="label")[:1]]
    line += [Span(f"/{memory.whole.text} GB", "plain"), *warning(memory.figure)]
    line += [Span("  "), *figure(temperature.figure)[:1], Span("°C", "plain"), *warning(temperature.figure)]
    return [*line, Span("  "), *figure(power.figure), *warning(power.figure)]


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


def _line_form(hardware: HardwareView, height: int) -> list[Line]:
    if not hardware.gpus:
        return [[Span(" "), *_host_line(hardware), Span(f"  {hardware.problem}", "label")]]
    return [[Span(" GPU ", "label"), *_gpu_line(gpu, 8)] for gpu in hardware.gpus[:height]]


def _bar(label: str, gauge: Gauge, length: int) -> Line:
    return [Span(label.ljust(_LABEL), "label"), *bar(gauge.fraction, length, gauge_ink(gauge)), Span("  ")]


def _of_whole(gauge: Gauge) -> Line:
    if not gauge.whole.known:
        return figure(gauge.figure)
    value = Span(gauge.figure.text, figure(gauge.figure)[0].ink)
    return [value, Span(f" / {gauge.whole.text} {gauge.whole.unit}", "plain"), *warning(gauge.figure)]
