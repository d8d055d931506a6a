"""A series of which the tests write more, or all anew."""

from __future__ import annotations

from pathlib import Path

from kan_shared.series import Record, SeriesWriter


class Series:
    """A series file that grows."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.writer = SeriesWriter(path)

    def append(self, records: list[Record]) -> None:
        self.writer.append(records)

    def start_over(self, records: list[Record]) -> None:
        self.path.unlink()
        self.writer.close()
        self.writer = SeriesWriter(self.path)
        self.append(records)
