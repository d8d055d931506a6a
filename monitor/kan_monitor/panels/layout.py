"""Where the panels stand: one table of rectangles for every size of screen, from 300 columns down to a phone's.

180 × 40 and more   loss over three columns: hardware over progress, sample, events
100 × 26            loss over sample, beside hardware over progress over events
64 × 20, 40 × 30    loss over progress, hardware and sample as lines of figures; tall ones have sample and events, too
less                header, loss, one line each for progress and hardware

From 180 columns on the loss leaves room beside it for charts of other series, where the run has some.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

PanelName = Literal["header", "loss", "charts", "hardware", "progress", "sample", "events", "status", "footer"]


class Rect(NamedTuple):
    """A place on the screen, in cells."""

    x: int
    y: int
    width: int
    height: int


Layout = dict[PanelName, Rect]

#: What a small screen has below the loss, the most wanted first.
_LINES: Final[tuple[PanelName, ...]] = ("progress", "hardware", "footer")
#: A panel that is so much higher than what it says has room to spare.
_TO_SPARE: Final = 4
#: So many columns have room for charts beside the loss.
_CHARTS_FROM: Final = 180


def layout(width: int, height: int, *, gpus: int = 1, metrics: int = 0, charts: bool = False) -> Layout:
    """The places of the panels that a screen of `width` × `height` cells has room for.

    Args:
        width: Columns of the screen.
        height: Rows of the screen.
        gpus: GPUs to be shown: several take a line each.
        metrics: Metrics of the run's own, which take a line each.
        charts: Whether there are series to be shown beside the loss.
    """
    if width >= 180 and height >= 40:
        places = _large(width, height, gpus, metrics)
        return _with_charts(places) if charts else places
    if width >= 100 and height >= 26:
        places = _wide(width, height, gpus, metrics)
        return _with_charts(places) if charts and width >= _CHARTS_FROM else places
    if (width >= 64 and height >= 20) or (width >= 40 and height >= 30):
        return _narrow(width, height, gpus, metrics)
    return _small(width, height)


def zoomed(name: PanelName, width: int, height: int) -> Layout:
    """One panel alone, between header and footer."""
    return {
        "header": Rect(0, 0, width, 1),
        name: Rect(0, 1, width, height - 2),
        "footer": Rect(0, height - 1, width, 1),
    }


def _large(width: int, height: int, gpus: int, metrics: int) -> Layout:
    """The loss has all columns, and what is below it no more rows than hardware and progress have to say."""
    top, bottom = 2, height - 3
    hardware = min(_hardware_rows(gpus), (bottom - top) // 4)
    below = min(hardware + _progress_rows(metrics), (bottom - top) * 45 // 100)
    middle = bottom - below
    left = min(80, width * 32 // 100)
    centre = (width - left - 2) * 55 // 100
    return {
        "header": Rect(0, 0, width, 1),
        "loss": Rect(0, top, width, middle - top),
        "hardware": Rect(0, middle, left, hardware),
        "progress": Rect(0, middle + hardware, left, below - hardware),
        "sample": Rect(left + 1, middle, centre, below),
        "events": Rect(left + centre + 2, middle, width - left - centre - 2, below),
        "status": Rect(0, bottom, width, 1),
        "footer": Rect(0, height - 1, width, 1),
    }


def _wide(width: int, height: int, gpus: int, metrics: int) -> Layout:
    """Sample and events end the two columns, side by side; of a tall screen events have what progress can spare."""
    air = 1 if height >= 32 else 0
    top, bottom = 1 + air, height - 2 - air
    right = min(72, max(47, width * 38 // 100))
    left = width - right - 1
    below = min(max(11, (bottom - top) * 30 // 100), max(6, (bottom - top) * 35 // 100))
    middle = bottom - below
    hardware = min(_hardware_rows(gpus), middle - top - 6)
    progress = middle - top - hardware
    if progress >= _progress_rows(metrics) + _TO_SPARE:
        progress = _progress_rows(metrics)
    events = top + hardware + progress
    return {
        "header": Rect(0, 0, width, 1),
        "loss": Rect(0, top, left, middle - top),
        "hardware": Rect(left + 1, top, right, hardware),
        "progress": Rect(left + 1, top + hardware, right, progress),
        "sample": Rect(0, middle, left, below),
        "events": Rect(left + 1, events, right, bottom - events),
        "status": Rect(0, bottom, width, 1),
        "footer": Rect(0, height - 1, width, 1),
    }


def _with_charts(places: Layout) -> Layout:
    """The charts take from the loss: as wide as the events where they stand above them, and never its larger part."""
    loss, events = places["loss"], places["events"]
    width = min(events.width, loss.width * 36 // 100)
    charts = Rect(loss.x + loss.width - width, loss.y, width, loss.height)
    return {**places, "loss": loss._replace(width=loss.width - width - 1), "charts": charts}


def _hardware_rows(gpus: int) -> int:
    """What the hardware panel needs: bars of one GPU, or a line each of several, and the host, in a frame."""
    return {0: 6, 1: 9}.get(gpus, gpus + 4)


def _progress_rows(metrics: int) -> int:
    """What the progress panel needs: two counters, four figures and some air, in a frame, and the run's own metrics."""
    return 10 + metrics


def _narrow(width: int, height: int, gpus: int, metrics: int) -> Layout:
    """One under the other; the lower half of a tall screen has the sample and the events, too."""
    hardware = min(3, max(1, gpus))
    progress = min(6 + metrics, max(6, height // 4))
    sample, events = (9 if height >= 36 else 1), (7 if height >= 44 else 0)
    rows: list[tuple[PanelName, int]] = [
        ("header", 1),
        ("loss", height - 3 - progress - hardware - sample - events),
        ("progress", progress),
        ("hardware", hardware),
        ("sample", sample),
        ("events", events),
        ("status", 1),
        ("footer", 1),
    ]
    return _under_each_other(rows, width)


def _small(width: int, height: int) -> Layout:
    """Below the header the loss, and as many lines of figures as there are rows for."""
    lines = _LINES[: max(0, height - 2)]
    rows: list[tuple[PanelName, int]] = [
        ("header", 1),
        ("loss", height - 1 - len(lines)),
        *((name, 1) for name in lines),
    ]
    return _under_each_other(rows, width)


def _under_each_other(rows: list[tuple[PanelName, int]], width: int) -> Layout:
    places: Layout = {}
    y = 0
    for name, height in rows:
        if height:
            places[name] = Rect(0, y, width, height)
        y += height
    return places
