"""Journals: whole lines, one entry each, whatever wrote them and however it ended."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kan_shared.journal import MAX_LINE_BYTES, Event, JournalReader, JournalWriter, Sample

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
steps_or_none = st.none() | st.integers(0, 2**53)
events = st.builds(Event, kind=texts, seconds=st.floats(0, 1e11), step=steps_or_none, detail=texts)


def event(step: int) -> Event:
    return Event(kind="checkpoint", seconds=1000.0 + step, step=step)


def encoded(*entries: Event | Sample) -> bytes:
    return b"".join(msgspec.json.encode(entry) + b"\n" for entry in entries)


def append(path: Path, *entries: Event | Sample) -> None:
    """What a producer does that begins, appends and ends."""
    writer = JournalWriter(path)
    for entry in entries:
        writer.append(entry)
    writer.close()
    writer.close()


def follow(path: Path, **options: int) -> JournalReader[Event]:
    reader = JournalReader(path, Event, **options)
    reader.poll()
    return reader


def steps(reader: JournalReader[Event]) -> list[int | None]:
    return [entry.step for entry in reader.entries]


# --------------------------------------------------------------------------------------
# What goes in comes out


@given(st.lists(events, max_size=6))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_entries_come_back_in_order(tmp_path: Path, written: list[Event]) -> None:
    path = tmp_path / "events.jsonl"
    path.unlink(missing_ok=True)
    append(path, *written)
    reader = follow(path)
    assert list(reader.entries) == written
    assert (reader.total, reader.bad_lines) == (len(written), 0)


@pytest.mark.parametrize(
    "text",
    [
        "two\nlines",
        "\r\n\x0b\x0c\x1c\x85\u2028\u2029",
        "\x1b]52;c;cm0gLXJmIH4=\x07\x1b[2J",
        "[/foo] [INST] [@click=app.quit]",
        "\u202egnp.exe \u200b\ufeff",
        '"}\n{"kind": "forged", "seconds": 1}',
        "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 👩‍🚀",
        "\0",
    ],
    ids=ascii,
)
def test_hostile_text_is_one_line_and_comes_back_unchanged(tmp_path: Path, text: str) -> None:
    path = tmp_path / "samples.jsonl"
    sample = Sample(seconds=1, step=2, input=text, target=text, generated=text, match=0.5)
    append(path, sample, sample)
    assert path.read_bytes().count(b"\n") == 2
    reader = JournalReader(path, Sample)
    reader.poll()
    assert list(reader.entries) == [sample, sample]


def test_text_that_is_no_unicode_is_refused_whole(tmp_path: Path) -> None:
    """Lone surrogates have no JSON; whoever records makes text clean first."""
    path = tmp_path / "events.jsonl"
    writer = JournalWriter(path)
    with pytest.raises(UnicodeEncodeError):
        writer.append(Event(kind="note", seconds=1, detail="\ud800"))
    writer.append(event(1))
    writer.close()
    assert steps(follow(path)) == [1]


@pytest.mark.parametrize("character", ["a", "\0", "語", "👩"])
def test_the_longest_sample_fits_in_a_line(tmp_path: Path, character: str) -> None:
    path = tmp_path / "samples.jsonl"
    longest = character * 8192
    sample = Sample(seconds=1, step=2**53, input=longest, target=longest, generated=longest, match=1)
    append(path, sample)
    assert os.path.getsize(path) <= MAX_LINE_BYTES
    reader = JournalReader(path, Sample)
    reader.poll()
    assert (len(reader.entries), reader.bad_lines) == (1, 0)


def test_others_read_it_as_plain_json_lines(tmp_path: Path) -> None:
    append(tmp_path / "events.jsonl", Event(kind="resume", seconds=1.5, detail="from step-500"))
    (line,) = (tmp_path / "events.jsonl").read_text().splitlines()
    assert json.loads(line) == {"kind": "resume", "seconds": 1.5, "step": None, "detail": "from step-500"}


# --------------------------------------------------------------------------------------
# Following


def test_only_what_was_appended_is_new(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    append(path, event(1))
    reader = follow(path)
    assert not reader.poll()
    append(path, event(2))
    assert reader.poll()
    assert steps(reader) == [1, 2]


def test_a_journal_that_is_not_there_yet(tmp_path: Path) -> None:
    reader = follow(tmp_path / "events.jsonl")
    assert (reader.poll(), reader.total) == (False, 0)
    append(tmp_path / "events.jsonl", event(1))
    assert reader.poll()
    assert steps(reader) == [1]


def test_a_line_is_taken_when_it_is_whole(tmp_path: Path) -> None:
    path, data = tmp_path / "events.jsonl", encoded(event(1), event(2))
    for length in range(len(data) + 1):
        path.write_bytes(data[:length])
        reader = follow(path)
        assert (reader.total, reader.bad_lines) == (data.count(b"\n", 0, length), 0)
        with open(path, "ab") as file:
            file.write(data[length:])
        reader.poll()
        assert steps(reader) == [1, 2]


def test_an_entry_is_not_glued_to_the_line_its_writers_predecessor_died_in(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(encoded(event(1)) + encoded(event(2))[:-9])
    reader = follow(path)
    append(path, event(3), event(4))
    reader.poll()
    assert steps(reader) == [1, 3, 4]
    assert (reader.total, reader.bad_lines) == (4, 1)


@pytest.mark.parametrize(
    "bad",
    [
        b"garbage",
        b"",
        b"null",
        b"[]",
        b'{"kind": "x"}',
        b'{"kind": "x", "seconds": "now"}',
        b'{"kind": "x", "seconds": -1}',
        b'{"kind": "x", "seconds": NaN}',
        b'{"kind": "' + b"x" * 61 + b'", "seconds": 1}',
        b'{"kind": "\xff\xfe", "seconds": 1}',
        b'{"kind": "\\ud800", "seconds": 1}',
        b'{"kind": "x", "seconds": 1, "more": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        b'{"kind": "x", "seconds": 1, "more": "' + b"x" * MAX_LINE_BYTES + b'"}',
        b'{"kind": "x",\r"seconds": "1"}',
        b"\0" * 32,
    ],
    ids=lambda bad: ascii(bad[:45]),
)
def test_a_bad_line_is_counted_and_passed_over(tmp_path: Path, bad: bytes) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(encoded(event(1)) + bad + b"\n" + encoded(event(2)))
    reader = follow(path)
    assert steps(reader) == [1, 2]
    assert (reader.total, reader.bad_lines) == (3, 1)


@given(st.binary(max_size=300), st.integers(0, 300))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_make_a_reader_raise(tmp_path: Path, data: bytes, half: int) -> None:
    path = tmp_path / "events.jsonl"
    path.unlink(missing_ok=True)
    reader = JournalReader(path, Event)
    for part in (data[:half], data):
        path.write_bytes(part)
        reader.poll()
    assert reader.total == data.count(b"\n")
    append(path, event(7))
    reader.poll()
    assert steps(reader)[-1] == 7


def test_fields_of_a_later_version_are_ignored(tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_bytes(b'{"kind": "x", "seconds": 1, "step": 4, "later": {}}\n')
    assert steps(follow(tmp_path / "events.jsonl")) == [4]


def test_a_journal_that_was_replaced_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    append(path, event(1), event(2))
    reader = follow(path)
    append(tmp_path / "new", event(10), event(11), event(12))
    os.replace(tmp_path / "new", path)
    assert reader.poll()
    assert (steps(reader), reader.total) == ([10, 11, 12], 3)


def test_a_journal_that_became_shorter_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    append(path, event(1), event(2), event(3))
    reader = follow(path)
    path.write_bytes(encoded(event(10)))
    assert reader.poll()
    assert (steps(reader), reader.total) == ([10], 1)


def test_a_journal_that_went_and_came_is_read_anew(tmp_path: Path) -> None:
    """The new file may get the number of the old one, and be longer than it was."""
    path = tmp_path / "events.jsonl"
    append(path, event(1))
    reader = follow(path)
    path.unlink()
    assert not reader.poll()
    assert steps(reader) == [1], "what was read stays on the screen until there is something new"
    append(path, event(10), event(11), event(12))
    assert reader.poll()
    assert (steps(reader), reader.total) == ([10, 11, 12], 3)


# --------------------------------------------------------------------------------------
# Long journals


def test_only_the_last_entries_are_kept(tmp_path: Path) -> None:
    append(tmp_path / "events.jsonl", *map(event, range(50)))
    reader = follow(tmp_path / "events.jsonl", keep=7)
    assert (steps(reader), reader.total) == (list(range(43, 50)), 50)


def test_of_a_long_journal_the_end_is_decoded_and_all_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(encoded(*map(event, range(100_000))))
    reader = JournalReader(path, Event, keep=500)
    decode, decoded = reader._decode, []

    def counted(line: bytes) -> Event:
        decoded.append(line)
        return decode(line)

    monkeypatch.setattr(reader, "_decode", counted)
    assert reader.poll()
    assert steps(reader) == list(range(99_500, 100_000))
    assert (reader.total, reader.bad_lines) == (100_000, 0)
    assert len(decoded) < 50_000, "the lines before the end are counted, not decoded"


def test_a_long_journal_that_is_cut_while_its_lines_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(encoded(*map(event, range(60_000))))
    reader, pread = JournalReader(path, Event), os.pread

    def cut(fd: int, length: int, offset: int) -> bytes:
        os.truncate(path, 1000)
        return pread(fd, length, offset)

    monkeypatch.setattr(os, "pread", cut)
    reader.poll()
    monkeypatch.undo()
    path.write_bytes(encoded(event(1)))
    reader.poll()
    assert steps(reader) == [1]


@pytest.mark.parametrize("known", [0, 1])
def test_of_a_journal_of_terabytes_only_the_end_is_read(tmp_path: Path, known: int) -> None:
    """A sparse one: to read it whole would take hours."""
    path = tmp_path / "events.jsonl"
    path.write_bytes(encoded(event(0)) * known)
    reader = JournalReader(path, Event)
    reader.poll()
    with path.open("r+b") as file:
        file.seek(2**42)
        file.write(b"\n" + encoded(event(1), event(2)))
    assert reader.poll()
    assert steps(reader)[-2:] == [1, 2]


def test_a_line_without_an_end_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(encoded(event(1)) + b"x" * 5_000_000 + b"\n" + encoded(event(2)))
    reader = follow(path)
    assert steps(reader)[-1] == 2
    assert reader.bad_lines >= 1


# --------------------------------------------------------------------------------------
# A disk that is full


@pytest.mark.parametrize("limit", [101, 140, 199])
def test_an_entry_that_does_not_fit_is_in_the_file_in_no_part(tmp_path: Path, spawn: Any, limit: int) -> None:
    """A limit on the size of files cuts a write at any byte; Python ignores its signal."""
    path = tmp_path / "events.jsonl"
    code = """
import resource, sys
from pathlib import Path
from kan_shared.journal import Event, JournalWriter
path, limit = Path(sys.argv[1]), int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
writer = JournalWriter(path)
for step in range(20):
    try:
        writer.append(Event(kind="k", seconds=1, step=step))
    except OSError as error:
        print(step)
        break
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
writer.append(Event(kind="k", seconds=1, step=99))
"""
    failed = int(spawn(code, path, limit).communicate()[0])
    reader = follow(path)
    assert steps(reader) == [*range(failed), 99]
    assert reader.bad_lines == 0


def test_a_full_disk_is_an_oserror_and_passes(mount: Callable[[str], Path]) -> None:
    disk = mount("size=32k")
    writer, written = JournalWriter(disk / "events.jsonl"), 0
    with pytest.raises(OSError) as caught:
        while True:
            writer.append(event(written))
            written += 1
    assert caught.value.errno in (errno.ENOSPC, None)
    assert follow(disk / "events.jsonl").total == written
    mount("size=64k")
    writer.append(event(written))
    writer.close()
    reader = follow(disk / "events.jsonl")
    assert (reader.total, reader.bad_lines) == (written + 1, 0)
