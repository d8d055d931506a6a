"""A frame as a picture: an SVG that needs nothing but itself, and is the same in a browser, a document and a PNG.

Every cell is where it belongs, whatever font is there: dots, boxes and blocks are shapes, words are spread over the
cells they take, and any other character stands in the middle of its own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Final, NamedTuple

from rich.cells import cell_len
from rich.color import Color
from rich.style import Style
from rich.terminal_theme import SVG_EXPORT_THEME

from kan_monitor.exporting.cell_shapes import CELL_HEIGHT, CELL_WIDTH, Brush, shapes
from kan_monitor.ink import Ink, Line, plain_text
from kan_monitor.palette import BACKGROUND

_FONTS: Final = "ui-monospace,'DejaVu Sans Mono',Menlo,'Liberation Mono',Consolas,'Courier New',monospace"
_FONT_PIXELS: Final = 15  # the common fonts' characters are then as wide as a cell
_BASELINE: Final = 13.5
_MARGIN: Final = 9
_BRUSHES: Final[dict[Brush, str]] = {
    "dots": 'fill="none" stroke-width="2.8" stroke-linecap="round"',
    "thin": 'fill="none" stroke-width="1.2"',
    "thick": 'fill="none" stroke-width="3"',
    "fill": 'stroke="none"',
}
#: What is written as one text: its advances are those of a monospaced font.
_WORD: Final = re.compile(r"[!-~]+|[^!-~]")


class _Look(NamedTuple):
    """How cells look; those that look the same are drawn together."""

    colour: str
    bold: bool


class _Cells:
    """What is to be drawn in one look."""

    def __init__(self) -> None:
        self.paths: dict[Brush, list[str]] = defaultdict(list)
        self.texts: list[str] = []


def frame_svg(lines: Sequence[Line], inks: Mapping[Ink, Style]) -> str:
    """The lines as an SVG of their own size, in the colours of `inks`."""
    columns = max((sum(cell_len(span.text) for span in line) for line in lines), default=1)
    width, height = columns * CELL_WIDTH + 2 * _MARGIN, len(lines) * CELL_HEIGHT + 2 * _MARGIN
    page = _colour(inks["plain"].bgcolor, BACKGROUND)
    drawn: dict[_Look, _Cells] = defaultdict(_Cells)
    grounds: list[str] = []
    for row, line in enumerate(lines):
        x = 0
        for text, ink in line:
            look, ground = _look(inks[ink], page)
            cells = cell_len(text)
            if ground != page:
                place = f'x="{x * CELL_WIDTH}" y="{row * CELL_HEIGHT}"'
                grounds.append(f'<rect {place} width="{cells * CELL_WIDTH}" height="{CELL_HEIGHT}" fill="{ground}"/>')
            _draw(text, x * CELL_WIDTH, row * CELL_HEIGHT, drawn[look])
            x += cells
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'<title>{_xml(plain_text(lines[:1]).strip())}</title><rect width="100%" height="100%" fill="{page}"/>'
        f'<g transform="translate({_MARGIN} {_MARGIN})" font-family="{_FONTS}" font-size="{_FONT_PIXELS}px">'
    )
    parts = [part for look, cells in drawn.items() for part in _parts(look, cells)]
    return "\n".join([head, *grounds, *parts, "</g></svg>\n"])


def _draw(text: str, x: int, y: int, cells: _Cells) -> None:
    """Puts one span into what is to be drawn."""
    for part in _WORD.findall(text):
        own = shapes(part, x, y) if len(part) == 1 else {}
        for brush, path in own.items():
            cells.paths[brush].append(path)
        if not own and not part.isspace() and part != "\u2800":
            cells.texts.append(_text(part, x, y))
        x += cell_len(part) * CELL_WIDTH


def _text(part: str, x: int, y: int) -> str:
    width = cell_len(part) * CELL_WIDTH
    if len(part) > 1:
        return f'<text x="{x}" y="{y + _BASELINE}" textLength="{width}">{_xml(part)}</text>'
    return f'<text x="{x + width / 2:g}" y="{y + _BASELINE}" text-anchor="middle">{_xml(part)}</text>'


def _parts(look: _Look, cells: _Cells) -> Iterator[str]:
    for brush, paths in cells.paths.items():
        paint = "fill" if brush == "fill" else "stroke"
        yield f'<path {_BRUSHES[brush]} {paint}="{look.colour}" d="{"".join(paths)}"/>'
    if cells.texts:
        weight = ' font-weight="bold"' if look.bold else ""
        yield f'<g fill="{look.colour}"{weight}>{"".join(cells.texts)}</g>'


def _look(style: Style, page: str) -> tuple[_Look, str]:
    """How text in `style` looks, and on what ground."""
    front, ground = _colour(style.color, SVG_EXPORT_THEME.foreground_color.hex), _colour(style.bgcolor, page)
    if style.reverse:
        front, ground = ground, front
    return _Look(front, bool(style.bold)), ground


def _colour(colour: Color | None, otherwise: str) -> str:
    """A colour by its hexadecimal digits; the terminal's own is `otherwise`."""
    if colour is None or colour.is_default:
        return otherwise
    return colour.get_truecolor(SVG_EXPORT_THEME).hex


def _xml(text: str) -> str:
    """Escaped; what XML cannot carry at all was made visible by `safe` long before."""
    return escape(text, quote=False)
