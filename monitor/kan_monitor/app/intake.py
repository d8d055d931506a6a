"""Takes long series in, in a thread beside the screen; numpy is imported here, after the first paint."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from kan_monitor.curves import Curve
from kan_shared.series import SeriesFile

if TYPE_CHECKING:
    from kan_monitor.charts.pyramid import Pyramid

#: Records that are read at once; a chunk takes some milliseconds.
_CHUNK_RECORDS: Final = 2**18


def take_in(curve: Curve, smoothing: float, cancelled: Callable[[], bool]) -> tuple[Pyramid, SeriesFile] | None:
    """The pyramid of a long series with its average worked out, and the file it reads from; None if cancelled."""
    from kan_monitor.charts.pyramid import Pyramid

    file = curve.new_file()
    file.refresh()
    pyramid = Pyramid(file)
    while not cancelled() and pyramid.extend(limit=_CHUNK_RECORDS):
        pass
    pyramid.prepare(smoothing)
    return None if cancelled() else (pyramid, file)
