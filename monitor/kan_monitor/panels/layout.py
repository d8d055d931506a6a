"""Where the panels stand: one table of rectangles for every size of screen, from 200 columns down to a phone's.

100 columns and more   loss beside hardware over progress, sample beside events
64 … 99                loss over progress, hardware and sample as lines of figures
less                   header, loss, one line each for progress and hardware
"""

from __future__ import annotations

from typing import Literal, NamedTuple

PanelName = Literal["header", "loss", "hardware", "progress", "sample", "events", "status", "footer"]


class Rect(NamedTuple):
    """A place on the screen, in cells."""

    x: int
    y: int
    width: int
    height: int


Layout = dict[PanelName, Rect]


def layout(width: int, height: int, *, gpus: int = 1, metrics: int = 0) -> Layout:
    """The places of the panels that a screen of `width` × `height` cells has room for.

    Args:
        width: Columns of the screen.
        height: Rows of the screen.
        gpus: GPUs to be shown: several take a line each.
        metrics: Metrics of the run's own, which take a line each.
    """
    if width >= 100 and height >= 26:
        return _wide(width, height, gpus)
    if width >= 64 and height >= 20:
        return _narrow(width, height, gpus, metrics)
    return _small(width, height)


def zoomed(name: PanelName, width: int, height: int) -> Layout:
    """One panel alone, between header and footer."""
    return {
        "header": Rect(0, 0, width, 1),
        name: Rect(0, 1, width, height - 2),
        "footer": Rect(0, height - 1, width, 1),
    }


def _wide(width: int, height: int, gpus: int) -> Layout:
    air = 1 if height >= 32 else 0
    top, bottom = 1 + air, height - 2 - air
    right = min(72, max(47, width * 38 // 100))
    left = width - right - 1
    below = min(11, max(6, (bottom - top) * 35 // 100))
    middle = bottom - below
    hardware = min(_hardware_rows(gpus), middle - top - 6)
    progress = middle - top - hardware
    return {
        "header": Rect(0, 0, width, 1),
        "loss": Rect(0, top, left, middle - top),
        "hardware": Rect(left + 1, top, right, hardware),
        "progress": Rect(left + 1, top + hardware, right, progress),
        "sample": Rect(0, middle, left, below),
        "events": Rect(left + 1, middle, right, below),
        "status": Rect(0, bottom, width, 1),
        "footer": Rect(0, height - 1, width, 1),
    }


def _hardware_rows(gpus: int) -> int:
    """What the hardware panel needs: bars of one GPU, or a line each of several, and the host, in a frame."""
    return {0: 6, 1: 9}.get(gpus, gpus + 4)


def _narrow(width: int, height: int, gpus: int, metrics: int) -> Layout:
    hardware = min(3, max(1, gpus))
    progress = min(6 + metrics, max(6, height // 4))
    loss = height - 4 - hardware - progress
    return {
        "header": Rect(0, 0, width, 1),
        "loss": Rect(0, 1, width, loss),
        "progress": Rect(0, 1 + loss, width, progress),
        "hardware": Rect(0, 1 + loss + progress, width, hardware),
        "sample": Rect(0, height - 3, width, 1),
        "status": Rect(0, height - 2, width, 1),
        "footer": Rect(0, height - 1, width, 1),
    }


def _small(width: int, height: int) -> Layout:
    places: Layout = {"header": Rect(0, 0, width, min(1, height))}
    if height >= 8:
        places["loss"] = Rect(0, 1, width, height - 4)
    rows: tuple[PanelName, ...] = ("progress", "hardware", "footer")
    for index, name in enumerate(rows):
        y = max(1, height - 3) + index
        if y < height:
            places[name] = Rect(0, y, width, 1)
    return places
