"""Every entry of a journal by its number."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kan_monitor.sources import archive
from kan_monitor.sources.archive import Archive
from kan_shared.journal import Event


@pytest.fixture
def path(tmp_path):
    return tmp_path / "events.jsonl"


def line(number: int) -> bytes:
    return msgspec.json.encode(Event(kind="checkpoint", seconds=float(number), step=number)) + b"\n"


def steps(events: Archive[Event]) -> list[int | None]:
    return [None if (entry := events[number]) is None else entry.step for number in range(len(events))]


def test_gives_each_entry_and_those_that_come(path):
    path.write_bytes(line(1) + line(2))
    events = Archive(path, Event)
    assert events.poll()
    with open(path, "ab") as file:
        file.write(line(3))
    assert events.poll()
    assert not events.poll()
    assert steps(events) == [1, 2, 3]


def test_a_line_that_is_no_entry_keeps_its_number(path):
    path.write_bytes(line(1) + b"{torn\n" + line(3))
    events = Archive(path, Event)
    events.poll()
    assert steps(events) == [1, None, 3]


def test_a_line_that_is_not_ended_yet_is_none(path):
    path.write_bytes(line(1) + line(2)[:-5])
    events = Archive(path, Event)
    events.poll()
    assert steps(events) == [1]


def test_another_file_is_read_anew(path):
    path.write_bytes(line(1) + line(2))
    events = Archive(path, Event)
    events.poll()
    path.unlink()
    assert events.poll()
    assert len(events) == 0
    path.write_bytes(line(7))
    events.poll()
    assert steps(events) == [7]


def test_looks_at_so_much_at_a_time(path, monkeypatch):
    monkeypatch.setattr(archive, "_CHUNK_BYTES", 100)
    path.write_bytes(b"".join(map(line, range(100))))
    events = Archive(path, Event)
    assert events.poll(most_bytes=300)
    assert 0 < len(events) < 10
    while events.poll(most_bytes=300):
        pass
    assert steps(events) == list(range(100))


@given(st.lists(st.binary(max_size=40), max_size=12))
def test_never_raises(tmp_path_factory, lines):
    path = tmp_path_factory.mktemp("journal") / "events.jsonl"
    path.write_bytes(b"\n".join(lines))
    events = Archive(path, Event)
    events.poll()
    assert len(steps(events)) == path.read_bytes().count(b"\n")
