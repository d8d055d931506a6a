"""The IDX files of MNIST and its kin: a big-endian header, then bytes; plain or gzipped.

    0  00 00     always
    2  08        the elements are unsigned bytes, as images and labels are
    3  n         dimensions
    4  n × >u4   their sizes
       …         the elements, the last dimension fastest

Source: Y. LeCun, C. Cortes, C. Burges, The MNIST database of handwritten digits.
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path
from typing import BinaryIO, Final, cast

import torch
from torch import Tensor

from kan_shared.errors import UsageError

#: Far more than any such data set; a damaged header must not fill the memory.
_MAX_BYTES: Final = 2**33
_PIECE_BYTES: Final = 2**24


def read_images_and_labels(folder: Path, part: str) -> tuple[Tensor, Tensor]:
    """The images `(count, height, width)` and labels `(count,)`, uint8, of `part`: `train` or `t10k`.

    Raises:
        UsageError: A file is missing, cannot be read or is damaged, or they do not belong together.
    """
    images = read_idx(_find(folder, f"{part}-images", 3), dimensions=3)
    labels = read_idx(_find(folder, f"{part}-labels", 1), dimensions=1)
    if len(images) != len(labels):
        raise UsageError(f"{folder} has {len(images)} {part} images, but {len(labels)} labels for them.")
    if images.numel() == 0:
        raise UsageError(f"{folder} has no {part} images.")
    return images, labels


def read_idx(path: Path, *, dimensions: int) -> Tensor:
    """The array in the IDX file `path`, gzipped where its name ends in .gz; uint8.

    Raises:
        UsageError: It cannot be read, is none, or is not as long as its header says.
    """
    try:
        with open(path, "rb") if path.suffix != ".gz" else cast(BinaryIO, gzip.open(path)) as file:
            sizes = _sizes(path, file.read(4 + 4 * dimensions), dimensions)
            data = _read(file, math.prod(sizes) + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UsageError(f"{path} is damaged or cut off ({error}).") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}).") from error
    if len(data) != math.prod(sizes):
        relation = "less" if len(data) < math.prod(sizes) else "more"
        raise UsageError(f"{path} is damaged: it holds {relation} than the {math.prod(sizes)} bytes it announces.")
    return torch.frombuffer(data, dtype=torch.uint8).view(sizes) if data else torch.empty(sizes, dtype=torch.uint8)


def _sizes(path: Path, header: bytes, dimensions: int) -> tuple[int, ...]:
    magic = bytes((0, 0, 8, dimensions))
    if header[:4] != magic:
        raise UsageError(
            f"{path} is no IDX file of {dimensions} dimensions: it begins with {header[:4].hex(' ') or 'nothing'},"
            f" not with {magic.hex(' ')}."
        )
    if len(header) < 4 + 4 * dimensions:
        raise UsageError(f"{path} is cut off in its header.")
    sizes: tuple[int, ...] = struct.unpack(f">{dimensions}I", header[4:])
    if math.prod(sizes) > _MAX_BYTES:
        raise UsageError(f"{path} announces {math.prod(sizes)} bytes, more than can be.")
    return sizes


def _read(file: BinaryIO, count: int) -> bytearray:
    """Up to `count` bytes, and no more memory than there are bytes, whatever a damaged header announces."""
    data = bytearray()
    while piece := file.read(min(_PIECE_BYTES, count - len(data))):
        data += piece
    return data


def _find(folder: Path, stem: str, dimensions: int) -> Path:
    """The file under any of the names that it is published with."""
    names = [f"{stem}{sign}idx{dimensions}-ubyte{suffix}" for sign in "-." for suffix in ("", ".gz")]
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise UsageError(f"{folder} has no {names[0]} (or {names[1]}): the four MNIST files are needed.")
