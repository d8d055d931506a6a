"""What goes to the terminal: the cells that changed and nothing else, since every byte may cross an SSH connection.

Textual sends a dirty row of a widget from its left edge on, each span with all its colours and a reset behind it. Here
what was sent is remembered cell by cell, and a colour is sent when it is another one than before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, Compositor, CompositorUpdate, LayoutUpdate
from textual.geometry import Size
from textual.strip import Strip

#: Moving the cursor takes about as many bytes as sending so many cells again.
_GAP_CELLS: Final = 5
_NO_STYLE: Final = Style()

#: A glyph and its style; the second cell of a wide glyph is empty.
Cell = tuple[str, Style]


class Change(NamedTuple):
    """Cells that stand beside each other and are to be sent."""

    x: int
    y: int
    cells: list[Cell]


class ChangedCells(CompositorUpdate):
    """An update of some cells of the screen."""

    def __init__(self, changes: list[Change]) -> None:
        self.changes = changes

    def render_segments(self, console: Console) -> str:
        """The bytes for the terminal, as text."""
        pen = Pen(console._color_system or ColorSystem.TRUECOLOR)
        parts: list[str] = []
        for x, y, cells in self.changes:
            parts.append(f"\x1b[{y + 1};{x + 1}H")
            for glyph, style in cells:
                parts += (pen.turn_to(style), glyph)
        return "".join(parts) + pen.lift()


class Pen:
    """Knows which colours the terminal writes in, and says how to turn to others."""

    def __init__(self, system: ColorSystem) -> None:
        self._system = system
        self._style = _NO_STYLE
        self._codes = ("", "", "")

    def turn_to(self, style: Style) -> str:
        """The sequence after which the terminal writes in `style`; empty where it does."""
        if style is self._style:
            return ""
        before, self._style = self._codes, style
        attributes, ink, ground = self._codes = _codes_of(style, self._system)
        if self._codes == before:
            return ""
        # A colour or an attribute that the next style is without can only be taken back with all others.
        if attributes != before[0] or (before[1] and not ink) or (before[2] and not ground):
            return f"\x1b[{';'.join(['0', *filter(None, self._codes)])}m"
        return f"\x1b[{';'.join(new for new, old in zip(self._codes, before, strict=True) if new != old)}m"

    def lift(self) -> str:
        """The sequence after which the terminal writes as it does by default."""
        return "\x1b[0m" if any(self._codes) else ""


@lru_cache(maxsize=512)
def _codes_of(style: Style, system: ColorSystem) -> tuple[str, str, str]:
    """What the terminal is told for the attributes, the colour and the ground of a style."""
    ink, ground = style.color, style.bgcolor
    return (
        Strip.render_ansi(style.without_color.copy(), system),
        ";".join(ink.downgrade(system).get_ansi_codes()) if ink else "",
        ";".join(ground.downgrade(system).get_ansi_codes(False)) if ground else "",
    )


class CellCompositor(Compositor):
    """A compositor whose updates are of single cells."""

    def __init__(self) -> None:
        super().__init__()
        self._sent: list[list[Cell]] = []
        self._sent_size = Size(0, 0)

    def render_full_update(self, simplify: bool = False) -> LayoutUpdate | ChangedCells:  # type: ignore[override]
        """All cells: the screen may show anything."""
        update = super().render_full_update(simplify=simplify)
        if simplify:  # a picture, which goes nowhere near the terminal
            return update
        self._sent = [list(_cells(segment for strip in row for segment in strip)) for row in update.strips]
        self._sent_size = self.size
        return ChangedCells([Change(0, y, row) for y, row in enumerate(self._sent)])

    def render_partial_update(self) -> LayoutUpdate | ChangedCells | None:  # type: ignore[override]
        """The cells that differ from what was sent last; all of them when no screen of this size was ever sent."""
        if self._sent_size != self.size:
            return self.render_full_update()
        update = super().render_partial_update()
        changes = [] if update is None else [change for piece in _pieces(update) for change in self._changes(*piece)]
        return ChangedCells(changes) if changes else None

    def _changes(self, x: int, y: int, strip: Strip) -> Iterator[Change]:
        """Where `strip`, at its place, differs from what was sent; takes it for sent."""
        sent, cells = self._sent[y], list(_cells(strip))
        old = sent[x : x + len(cells)]
        sent[x : x + len(cells)] = cells
        if old != cells:
            different = [at for at, (before, now) in enumerate(zip(old, cells, strict=False)) if before != now]
            for begin, end in _runs(different):
                while begin and not cells[begin][0]:  # from the first cell of a wide glyph
                    begin -= 1
                yield Change(x + begin, y, cells[begin:end])


def _pieces(update: ChopsUpdate) -> Iterator[tuple[int, int, Strip]]:
    """The strips of an update, with the column and row that each begins at."""
    for y in sorted({y for y, _, _ in update.spans}):
        for x, strip in update.chops[y].items():
            if strip is not None:
                yield x, y, strip


def _cells(segments: Iterable[Segment]) -> Iterator[Cell]:
    for text, style, control in segments:
        if control:
            continue
        ink = style or _NO_STYLE
        if text.isascii() or cell_len(text) == len(text):
            yield from ((glyph, ink) for glyph in text)
        else:
            yield from _wide_cells(text, ink)


def _wide_cells(text: str, ink: Style) -> Iterator[Cell]:
    """Cells of a text with glyphs of two cells, or of none, which stand with the one before."""
    cells: list[Cell] = []
    for glyph in text:
        width = cell_len(glyph)
        if width:
            cells += [(glyph, ink), *[("", ink)] * (width - 1)]
        elif cells:
            at = next(index for index in range(len(cells) - 1, -1, -1) if cells[index][0])
            cells[at] = (cells[at][0] + glyph, ink)
    return iter(cells)


def _runs(places: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Begin and end of runs of places, those that are close together taken as one."""
    begin = end = -1
    for place in places:
        if begin < 0:
            begin = place
        elif place - end > _GAP_CELLS:
            yield begin, end
            begin = place
        end = place + 1
    if begin >= 0:
        yield begin, end
