"""Characters that are drawn rather than written: Braille, boxes and blocks, as the paths of an SVG in one cell.

No two fonts agree where Braille dots lie, few join the lines of a box, and some have neither: as shapes they are the
same with every font and in every renderer.
"""

from __future__ import annotations

from typing import Final, Literal

CELL_WIDTH: Final = 9
CELL_HEIGHT: Final = 18

#: How a path is painted: as round dots, as thin or thick lines, or filled.
Brush = Literal["dots", "thin", "thick", "fill"]

_MIDDLE: Final = (CELL_WIDTH / 2, CELL_HEIGHT / 2)
_RADIUS: Final = 4
#: Which arms a box character has: left, right, up, down; in capitals they are thick.
_ARMS: Final = {
    **dict(zip("─│┌┐└┘├┤┬┴┼", ("lr", "ud", "rd", "ld", "ru", "lu", "rud", "lud", "lrd", "lru", "lrud"), strict=True)),
    **dict(zip("━┃┏┓┗┛┣┫┳┻╋", ("LR", "UD", "RD", "LD", "RU", "LU", "RUD", "LUD", "LRD", "LRU", "LRUD"), strict=True)),
    **dict(zip("╴╶╵╷╸╺╹╻╼╾╽╿", ("l", "r", "u", "d", "L", "R", "U", "D", "lR", "Lr", "uD", "Ud"), strict=True)),
}
#: Round corners: which way their two arms go, as signs of x and y.
_CORNERS: Final = {"╭": (1, 1), "╮": (-1, 1), "╰": (1, -1), "╯": (-1, -1)}
#: Dashed lines: how many dashes a cell has.
_DASHES: Final = {"┄": 3, "┈": 4, "╌": 2, "┅": 3, "┉": 4, "╍": 2}
_DOTS: Final = tuple((column, row) for column, row in ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)))


def shapes(character: str, x: float, y: float) -> dict[Brush, str]:
    """The paths of a character in the cell whose upper left corner is at (`x`, `y`); none for one that is written."""
    code = ord(character)
    if 0x2800 <= code <= 0x28FF:
        return {"dots": _braille(code - 0x2800, x, y)}
    if 0x2580 <= code <= 0x258F or code == 0x2590:
        return {"fill": _block(code, x, y)}
    if arms := _ARMS.get(character):
        thin, thick = (_lines([arm for arm in arms if arm.isupper() == capital], x, y) for capital in (False, True))
        return {brush: path for brush, path in (("thin", thin), ("thick", thick)) if path}  # type: ignore[misc]
    if corner := _CORNERS.get(character):
        return {"thin": _corner(*corner, x, y)}
    if dashes := _DASHES.get(character):
        return {"thick" if character in "┅┉╍" else "thin": _dashed(dashes, x, y)}
    return {}


def _braille(dots: int, x: float, y: float) -> str:
    width, height = CELL_WIDTH / 2, CELL_HEIGHT / 4
    places = (place for bit, place in enumerate(_DOTS) if dots >> bit & 1)
    return "".join(f"M{x + (column + 0.5) * width:g} {y + (row + 0.5) * height:g}h0" for column, row in places)


def _block(code: int, x: float, y: float) -> str:
    left, top, width, height = 0.0, 0.0, float(CELL_WIDTH), float(CELL_HEIGHT)
    if code == 0x2580:  # the upper half
        height /= 2
    elif code <= 0x2588:  # from an eighth to all, from below
        height *= (code - 0x2580) / 8
        top = CELL_HEIGHT - height
    elif code <= 0x258F:  # from seven eighths to one, from the left
        width *= (0x2590 - code) / 8
    else:  # the right half
        left = width = width / 2
    return f"M{x + left:g} {y + top:g}h{width:g}v{height:g}h{-width:g}z"


def _lines(arms: list[str], x: float, y: float) -> str:
    middle_x, middle_y = x + _MIDDLE[0], y + _MIDDLE[1]
    if {arm.lower() for arm in arms} >= {"l", "r"}:  # in one piece, so that nothing shows at the join
        arms = [arm for arm in arms if arm.lower() not in "lr"]
        whole = f"M{x:g} {middle_y:g}h{CELL_WIDTH}"
    else:
        whole = ""
    ends = {"l": f"H{x:g}", "r": f"H{x + CELL_WIDTH:g}", "u": f"V{y:g}", "d": f"V{y + CELL_HEIGHT:g}"}
    return whole + "".join(f"M{middle_x:g} {middle_y:g}{ends[arm.lower()]}" for arm in arms)


def _corner(right: int, down: int, x: float, y: float) -> str:
    middle_x, middle_y = x + _MIDDLE[0], y + _MIDDLE[1]
    edge_x, edge_y = middle_x + right * _MIDDLE[0], middle_y + down * _MIDDLE[1]
    return (
        f"M{edge_x:g} {middle_y:g}H{middle_x + right * _RADIUS:g}"
        f"Q{middle_x:g} {middle_y:g} {middle_x:g} {middle_y + down * _RADIUS:g}V{edge_y:g}"
    )


def _dashed(dashes: int, x: float, y: float) -> str:
    step = CELL_WIDTH / dashes
    return "".join(f"M{x + number * step:g} {y + _MIDDLE[1]:g}h{step / 2:g}" for number in range(dashes))
