"""Is the hardware used well: a block of bars for one GPU, a line each for several, the host's load; all of it over
time where there is a whole screen for it."""

from __future__ import annotations

from kan_monitor.dashboard import Gauge, HardwareView
from kan_monitor.ink import Ink, Line, Span
from kan_monitor.panels.frame import framed, inner_size
from kan_monitor.panels.gpus import LABEL, gpu_block, gpu_table
from kan_monitor.panels.hardware_over_time import over_time
from kan_monitor.panels.hardware_words import energy, flows, of_whole, rank_summary, reasons, room, throttled
from kan_monitor.panels.lines import LINE_FORM_ROWS, bar, figure, gauge_ink, joined, stack


def draw(hardware: HardwareView, width: int, height: int, *, focused: bool = False) -> list[Line]:
    """The hardware panel."""
    if height < 1:
        return []
    if height <= LINE_FORM_ROWS:
        return stack(_faded(_line_form(hardware, width, height), hardware), width, height)
    inner_width, inner_height = inner_size(width, height)
    lines = over_time(hardware, inner_width, inner_height) or _compact(hardware, inner_width, inner_height)
    return framed(
        _faded(lines, hardware), width, height, title="hardware", note=_note(hardware, width), focused=focused
    )


def _note(hardware: HardwareView, width: int) -> str:
    """Whose it is; and, of more weight, when it was so."""
    if hardware.as_of:
        note = f"{hardware.host} · {hardware.as_of}"
        return note if len(note) + len("╭─ hardware ──  ─╮") <= width else hardware.as_of
    return f"trainer @ {hardware.host}" if hardware.host else ""


def _compact(hardware: HardwareView, width: int, height: int) -> list[Line]:
    length = max(6, min(24, (width - LABEL) // 3))
    hidden = 0
    if len(hardware.gpus) == 1 and height >= 5 and not hardware.gpus[0].host:
        lines = gpu_block(hardware.gpus[0], width, length)
    elif hardware.gpus:
        rows = max(1, height - 2)
        lines, hidden = gpu_table(hardware.gpus[:rows], width), max(0, len(hardware.gpus) - rows)
    else:
        lines = [[Span("GPU".ljust(LABEL), "title"), Span(hardware.problem or "—", "label")]]
    if hardware.gpus and hardware.problem:
        lines.append([Span("! ", "bad"), Span(hardware.problem, "warn")])
    return lines + _host_block(hardware, width, length, height - len(lines), hidden)


def _host_block(hardware: HardwareView, width: int, length: int, rows: int, hidden: int) -> list[Line]:
    """The host: bars where there is room and no GPU has taken it, a line of figures otherwise, and over it what there
    is to say of all GPUs together."""
    known = hardware.cpu.figure.known or hardware.memory.figure.known
    said = joined(_notes(hardware, hidden), width, gap=2)
    through = joined(flows(hardware), width - LABEL, gap=2)
    if rows < 1:
        return []
    if rows >= 3 and not hardware.gpus and known:
        cpu = [*_bar("cpu", hardware.cpu, length), *figure(hardware.cpu.figure)]
        memory = [*_bar("ram", hardware.memory, length), *of_whole(hardware.memory)]
        return [said, cpu, memory, *([[Span("".ljust(LABEL)), *through]] if rows >= 4 else [])]
    if not known:
        return [said] if said else []
    more = [[Span("".ljust(LABEL)), *through]] if rows >= 3 and through else []
    return [*([said] if rows >= 2 and hardware.gpus else []), _host_line(hardware), *more]


def _notes(hardware: HardwareView, hidden: int) -> list[Line]:
    """What there is to say of all GPUs together, the most urgent first."""
    ranks, alone = rank_summary(hardware), hardware.gpus[0] if len(hardware.gpus) == 1 else None
    urgent = hardware.ranks is not None and hardware.ranks.severity != "none"
    parts = [ranks] if urgent else []
    parts += [reasons(alone) if alone else throttled(hardware.gpus), room(hardware)]
    parts += [[Span(f"and {hidden} more", "label")]] if hidden else []
    parts += [] if urgent else [ranks]
    return [part for part in [*parts, *energy(hardware)] if part]


def _host_line(hardware: HardwareView) -> Line:
    return [
        Span("host".ljust(LABEL), "title"),
        Span("cpu ", "label"),
        *figure(hardware.cpu.figure),
        Span("  ram ", "label"),
        *of_whole(hardware.memory),
    ]


def _bar(label: str, gauge: Gauge, length: int) -> Line:
    return [Span(label.ljust(LABEL), "label"), *bar(gauge.fraction, length, gauge_ink(gauge)), Span("  ")]


def _line_form(hardware: HardwareView, width: int, height: int) -> list[Line]:
    at = [Span(f" {hardware.as_of_clock}", "label")] if hardware.as_of else []
    ranks = hardware.ranks
    trouble = [[Span(" "), *rank_summary(hardware)]] if ranks and ranks.severity == "bad" else []
    if not hardware.gpus:
        return [*trouble, [*at, Span(" "), *_host_line(hardware), Span(f"  {hardware.problem}", "label")]]
    label: Line = [*at, Span(" GPU ", "label")]
    table = gpu_table(hardware.gpus[:height], width - sum(len(span.text) for span in label))
    return [*[[*label, *line] for line in table][: height - len(trouble)], *trouble]


def _faded(lines: list[Line], hardware: HardwareView) -> list[Line]:
    """What was so is not drawn as if it were: greys, and no colour that means something now."""
    if not hardware.as_of:
        return lines
    greys: dict[Ink, Ink] = {"track": "track", "grid": "grid", "faint": "faint", "frame": "frame"}
    return [[Span(span.text, greys.get(span.ink, "label")) for span in line] for line in lines]
