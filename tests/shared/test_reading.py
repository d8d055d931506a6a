"""A reader never hangs on what it finds in a directory."""

import os
from pathlib import Path

import pytest

from kan_shared.journal import Event, JournalReader
from kan_shared.reading import open_regular
from kan_shared.series import SeriesFile
from kan_shared.store import StateReader


def test_a_regular_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"text")
    with open_regular(tmp_path / "file") as file:
        assert file.read() == b"text"


@pytest.mark.timeout(20)
def test_a_fifo_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "fifo"
    os.mkfifo(path)
    with pytest.raises(OSError, match="not a regular file"):
        open_regular(path)
    reader = StateReader(path)
    assert reader.poll() and "not a regular file" in str(reader.problem)
    assert not JournalReader(path, Event).poll()
    series = SeriesFile(path)
    series.refresh()
    assert series.read(0, 10) == b"" and series.sampled(0, 100, 4) == []
