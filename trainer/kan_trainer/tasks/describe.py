"""Examples as text for a terminal: columns as lines, images as Braille."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

#: Five lines of Braille: a digit is legible, and a small panel has room for it.
_PICTURE_DOTS: Final = 20
#: Fainter pixels are left out.
_INK: Final = 0.4
_MAX_COLUMNS: Final = 6
#: The bits of the dots of a Braille cell, row by row, from U+2800 on.
_DOT_BITS: Final = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))


def columns_text(names: Sequence[str], values: Sequence[float]) -> str:
    """The first columns of one row, a line each: `age = 42`."""
    pairs = list(zip(names, values, strict=True))
    lines = [f"{name} = {value:.6g}" for name, value in pairs[:_MAX_COLUMNS]]
    more = len(pairs) - _MAX_COLUMNS
    return "\n".join(lines + [f"and {more} more"] * (more > 0))


def picture_text(image: Tensor) -> str:
    """An image, `(height, width)` from 0 to 1, as five lines of Braille."""
    height, width = image.shape
    size = (_PICTURE_DOTS, max(2, 2 * round(_PICTURE_DOTS * width / height / 2)))
    dots = functional.interpolate(image[None, None], size, mode="bilinear", antialias=True)[0, 0]
    inked = dots > _INK * dots.max()
    cells = inked.view(size[0] // 4, 4, size[1] // 2, 2).permute(0, 2, 1, 3)
    codes = (cells * torch.tensor(_DOT_BITS)).sum((2, 3)) + 0x2800
    return "\n".join("".join(map(chr, line)) for line in codes.tolist())
