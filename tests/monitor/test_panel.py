"""A panel shows the lines that it was given last, whatever it showed before and whatever size it had."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rich.segment import Segment
from textual.app import App
from textual.pilot import Pilot

from kan_monitor.app.panel import Panel
from kan_monitor.ink import Ink, Line, Span
from kan_monitor.palette import styles

INKS = styles("truecolor")


class OnePanel(App[None]):
    """Nothing but a panel."""

    CSS = "Panel { height: 3; }"

    def compose(self) -> Iterator[Panel]:
        yield Panel(INKS, id="one")


def line(text: str, ink: Ink = "plain", width: int = 20) -> Line:
    return [Span(text.ljust(width), ink)]


@pytest.fixture
async def pilot():
    async with OnePanel().run_test(size=(20, 4)) as pilot:
        show(pilot, line("first"), line("second"), line("third"))
        yield pilot


def show(pilot: Pilot[None], *lines: Line) -> list[list[Segment]]:
    """Shows the lines, and reads what is on the screen then."""
    pilot.app.query_one(Panel).show(lines)
    return rows(pilot)


def rows(pilot: Pilot[None]) -> list[list[Segment]]:
    return [list(strip.simplify()) for strip in pilot.app.screen._compositor.render_strips()[:3]]


def inked(*lines: Line) -> list[list[Segment]]:
    return [[Segment(span.text, INKS[span.ink]) for span in spans] for spans in lines]


async def test_another_line_takes_the_place_of_one(pilot) -> None:
    lines = line("first"), line("another", "bad"), line("third")
    assert show(pilot, *lines) == inked(*lines)


async def test_fewer_lines_leave_blank_rows(pilot) -> None:
    assert show(pilot, line("alone", "good")) == inked(line("alone", "good"), line(""), line(""))


async def test_at_another_size_lines_are_padded_until_others_come(pilot) -> None:
    await pilot.resize_terminal(30, 4)
    await pilot.pause()
    assert rows(pilot)[0][0].text.strip() == "first"
    assert sum(len(segment.text) for segment in rows(pilot)[0]) == 30
    wider = [line(text, width=30) for text in ("first", "second", "third")]
    assert show(pilot, *wider) == inked(*wider)
