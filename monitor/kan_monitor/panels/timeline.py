"""How well the samples of a run did, one after the other, and which of them is shown.

╭─ match, % ───────────────── 28 newer, end follows ─╮
│   80 ┤   ·   ·  ┊·  ⢀⣀⠤⠔⠒⠉                         │
│   40 ┤·  ⢀⣀⠤⠔⠒⠊⠉┊                                  │
│      └──────────▲───────┴──────────                │
╰────────────────────────────────────────────────────╯
"""

from __future__ import annotations

from collections.abc import Mapping

from kan_monitor.charts import chart
from kan_monitor.charts.decimate import envelope
from kan_monitor.ink import Line
from kan_monitor.panels.frame import framed, inner_size


def draw(matches: Mapping[int, float | None], at: int, total: int, width: int, height: int, *, note: str) -> list[Line]:
    """The timeline of so many samples, with a mark at the one `at`; numbers count from 0, and are shown from 1."""
    inner_width, inner_height = inner_size(width, height)
    known = [(number + 1, 100 * match) for number, match in matches.items() if match is not None]
    places, values = [place for place, _ in known], [value for _, value in known]
    columns = chart.columns_of(inner_width)
    course = envelope(places, values, start=1, stop=total, columns=columns)
    lines = chart.draw(
        [chart.Layer(course, chart.ALIKE[0], "line")],
        width=inner_width,
        height=inner_height,
        start=1,
        stop=total,
        log=False,
        marks=[chart.Mark(at + 1, "▲", "key")],
        rules=[chart.Rule(at + 1, "key", dotted=True)],
    )
    title = "match, %" if known else "samples"
    return framed(lines, width, height, title=title, note=note)
