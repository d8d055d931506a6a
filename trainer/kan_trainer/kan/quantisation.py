"""Weights as tables of fewer bits, laid out as the compiled kernel reads them.

A row of a weight, one number for each output, is cut into as many parts as of its numbers fit into 32 bits, and a word
has one number of each part: word w holds the outputs w, w + words, w + 2 · words …, the first in its lowest bits.
Behind the last row come 64 bytes of zeros, since whole vectors are read.

    int8      each row has a scale. A number's bits, with those below it in its word as digits behind the point, are
              what it stands for: rounding allows for them, so that nobody has to mask them away
    float16   each row has a scale, a power of two, which brings its largest number to where halves end
    bfloat16  as they are
"""

from __future__ import annotations

from typing import Final, Literal

import torch
from torch import Tensor
from torch.nn import functional

from kan_shared.errors import UsageError

Dtype = Literal["int8", "float16", "bfloat16"]

#: What a table is made of.
ELEMENTS: Final = {"int8": torch.int8, "float16": torch.float16, "bfloat16": torch.bfloat16}
#: Their exponents may be taken out of a row, and put back into what it is multiplied by.
_FURTHEST: Final = 2.0**30
_PADDING_BYTES: Final = 64


def table_size(shape: tuple[int, int, int], element: torch.dtype) -> int:
    """Numbers of the table of a weight of this shape: `(inputs, rows, outputs)`."""
    inputs, rows, outputs = shape
    item = element.itemsize
    return inputs * rows * -(-outputs * item // 4) * (4 // item) + _PADDING_BYTES // item


def pack(weight: Tensor, dtype: Dtype) -> tuple[Tensor, Tensor | None]:
    """The table of `weight`, `(inputs, rows, outputs)`, and the scales of its rows, `(inputs, rows)`, if there are any.

    Raises:
        UsageError: A weight is not finite, or too large.
    """
    weight = weight.detach().float().cpu()
    largest = weight.abs().amax(2)
    if not bool((largest < _FURTHEST).all()):
        raise UsageError(f"only finite weights below {_FURTHEST:g} can be baked: train without overflow, or clip them.")
    parts = 4 // ELEMENTS[dtype].itemsize
    padded = functional.pad(weight, (0, -weight.shape[2] % parts))
    scales = None
    if dtype == "bfloat16":
        numbers = padded.bfloat16()
    else:
        scales = largest / 127 if dtype == "int8" else torch.exp2(torch.frexp(largest).exponent.clamp(min=-100) - 15.0)
        scales = torch.where(scales > 0, scales, 1.0)
        scaled = padded / scales.unsqueeze(-1)
        numbers = _bytes_of_words(scaled) if dtype == "int8" else _halves(scaled)
    words = numbers.view(*numbers.shape[:2], parts, -1).transpose(2, 3).flatten()
    return functional.pad(words, (0, _PADDING_BYTES // words.itemsize)), scales


def unpack(table: Tensor, scales: Tensor | None, shape: tuple[int, int, int], dtype: torch.dtype) -> Tensor:
    """The weight that a table stands for, as numbers of `dtype`."""
    inputs, rows, outputs = shape
    words = table[: -_PADDING_BYTES // table.itemsize]
    if table.dtype == torch.int8:
        whole = words.view(torch.int32).view(inputs, rows, 1, -1)
        shifts = torch.arange(24, -8, -8, dtype=torch.int32, device=table.device).unsqueeze(-1)
        numbers = (whole << shifts).to(dtype) * 2.0**-24
    else:
        numbers = words.view(inputs, rows, -1, 2).transpose(2, 3).to(dtype)
    weight = numbers.flatten(2)[..., :outputs]
    return weight if scales is None else weight * scales.to(dtype).unsqueeze(-1)


def _bytes_of_words(scaled: Tensor) -> Tensor:
    """Whole numbers of 8 bits, rounded part by part: those of lower parts are the fraction of those above."""
    numbers, fraction = [], torch.zeros(())
    for part in scaled.chunk(4, 2):
        number = (part - fraction).round().clamp(-128, 127)
        numbers.append(number.to(torch.int8))
        fraction = (fraction + number % 256) / 256
    return torch.cat(numbers, 2)


def _halves(scaled: Tensor) -> Tensor:
    """Halves without those below the normal ones: as floats of the same bits some processors would take long."""
    return torch.where(scaled.abs() < 2.0**-14, 0.0, scaled).half()
