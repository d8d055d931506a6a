"""The anonymous memory of the dashboard on a run of ten million steps, once it has read every record.

What the process has allocated itself (RssAnon), without the files it has mapped, when it has come to rest after its
start; the most that it had on the way there, looked at 50 times a second; and when it rests again after the key `s`
has shown the curve with every smoothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

from harness import Row, Target, spread
from runs import live_long_run, live_run
from terminal import Terminal, anonymous_bytes, cpu_seconds, dashboard_shown, monitor, program

ROUNDS: Final = 2
SMOOTHINGS: Final = 4
SETTLE_SECONDS: Final = 0.7
#: Below this share of a core the app is at rest.
REST_SHARE: Final = 0.15
LIMIT_SECONDS: Final = 30.0


class Memory(NamedTuple):
    """Bytes at rest, at most before that, and at rest after the keys."""

    rest: int
    most: int
    after_keys: int


def measure(place: Path) -> list[Row]:
    """The rows of this benchmark."""
    with live_run(place / "memory", pace=20) as small, live_long_run(place) as long:
        found_long = [_memory(monitor(long), dashboard_shown) for _ in range(ROUNDS)]
        found_small = _memory(monitor(small), dashboard_shown)
    empty = _memory(program("empty_app"), lambda output: b"hello" in output)
    rest, most, after = zip(*found_long, strict=True)
    return [
        _row("kan-monitor, 10 million steps, at rest", rest, empty, Target(bound=120)),
        _row("  at most on the way there", most, empty),
        _row("  after every smoothing was shown", after, empty, Target(bound=120)),
        _row("kan-monitor, live run", [found_small.rest], empty),
        _row("empty Textual app", [empty.rest], empty),
    ]


def _memory(command: Sequence[str], shown: Callable[[bytes], bool]) -> Memory:
    with Terminal(command) as terminal:
        terminal.read_until(shown)
        most = _most_until_rest(terminal)
        rest = anonymous_bytes(terminal.pid)
        for _ in range(SMOOTHINGS):
            terminal.write(b"s")
            _most_until_rest(terminal)
        return Memory(rest, most, anonymous_bytes(terminal.pid))


def _most_until_rest(terminal: Terminal) -> int:
    """The most bytes that the process has until it takes little of a core."""
    most, end = anonymous_bytes(terminal.pid), terminal.elapsed() + LIMIT_SECONDS
    while terminal.elapsed() < end:
        began, before = terminal.elapsed(), cpu_seconds(terminal.pid)
        while terminal.elapsed() < began + SETTLE_SECONDS:
            terminal.read_for(0.02)
            most = max(most, anonymous_bytes(terminal.pid))
        if cpu_seconds(terminal.pid) - before < REST_SHARE * (terminal.elapsed() - began):
            break
    return most


def _row(name: str, sizes: Sequence[int], empty: Memory, target: Target | None = None) -> Row:
    size = median(sizes)
    note = spread(sizes, 1e-6) if len(sizes) > 1 else ""
    return Row(name=name, measured=size / 1e6, unit="MB", ratio=size / empty.rest, target=target, note=note)
