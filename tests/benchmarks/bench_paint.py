"""From exec to the first useful frame at a terminal of 120 × 40 cells, against an empty Textual app's first word.

Useful: the chart's Braille curve and, in the last row, the keys. The live run has 1,000 steps, the long one ten
million. In turn, medians of the rounds; a ratio is the median of the rounds' own ratios, beside it that of the
fastest rounds, which a busy machine disturbs least. The long run's first curve is drawn from an even sample; it is
exact when the app, which has read every record then, has drawn the curve for the last time before it rests.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Final

from harness import Row, Target, interleaved, ratio_of_rounds, spread
from runs import live_long_run, live_run
from terminal import BRAILLE, Terminal, cpu_seconds, dashboard_shown, monitor, program

ROUNDS: Final = 15
EXACT_ROUNDS: Final = 3
#: The app rests when it takes less than this share of a core for so many seconds.
REST_SHARE: Final = 0.2
REST_SECONDS: Final = 0.6


def measure(place: Path) -> list[Row]:
    """The rows of this benchmark."""
    with live_run(place / "paint") as small, live_long_run(place) as long:
        measures = {
            "empty": _first_frame(program("empty_app"), lambda output: b"hello" in output),
            "small": _first_frame(monitor(small), dashboard_shown),
            "long": _first_frame(monitor(long), dashboard_shown),
        }
        found = interleaved(measures, rounds=ROUNDS)
        exact = [_exact_curve(monitor(long)) for _ in range(EXACT_ROUNDS)]
    empty = found["empty"]
    return [
        _row("empty Textual app", empty, empty),
        _row("kan-monitor, live run", found["small"], empty, Target(bound=1.6, of="ratio")),
        _row("kan-monitor, 10 million steps, curve drawn", found["long"], empty, Target(bound=1.8, of="ratio")),
        Row(name="  until that curve is exact", measured=median(exact) * 1e3, unit="ms", note=spread(exact, 1e3)),
    ]


def _first_frame(command: Sequence[str], shown: Callable[[bytes], bool]) -> Callable[[], float]:
    def start() -> float:
        with Terminal(command) as terminal:
            return terminal.read_until(shown)

    return start


def _exact_curve(command: Sequence[str]) -> float:
    """Seconds from the start until the curve was drawn for the last time before the app rests."""
    with Terminal(command) as terminal:
        drawn = terminal.read_until(dashboard_shown)
        rested_since, cpu = terminal.elapsed(), cpu_seconds(terminal.pid)
        while terminal.elapsed() < rested_since + REST_SECONDS:
            if BRAILLE.search(terminal.read(0.1)):
                drawn = terminal.elapsed()
            span, used = terminal.elapsed() - rested_since, cpu_seconds(terminal.pid) - cpu
            if used > REST_SHARE * max(REST_SECONDS, span):
                rested_since, cpu = terminal.elapsed(), cpu_seconds(terminal.pid)
        return drawn


def _row(name: str, seconds: Sequence[float], empty: Sequence[float], target: Target | None = None) -> Row:
    return Row(
        name=name,
        measured=median(seconds) * 1e3,
        unit="ms",
        ratio=ratio_of_rounds(seconds, empty),
        target=target,
        note=f"{spread(seconds, 1e3)}; fastest {min(seconds) / min(empty):.2f} ×",
    )
