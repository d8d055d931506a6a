"""`state.json`: replaced in one step, read without ever raising, whatever happens to it."""

from __future__ import annotations

import errno
import itertools
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kan_shared import store
from kan_shared.errors import KanError, NewerSchema, NoSuchRun, UnreadableState
from kan_shared.state import MAX_STATE_BYTES, State, decode_state, encode_state
from kan_shared.store import StateReader, read_state, replace_file, write_state

MakeState = Callable[..., State]
_moments = itertools.count(1_700_000_000_000_000_000, 1_000_000_000)


def put(path: Path, data: bytes) -> None:
    """Puts any bytes at `path`, at a moment of their own: file systems tell times apart by milliseconds only."""
    path.unlink(missing_ok=True)  # to empty a file and write it anew makes ext4 wait for the disk
    path.write_bytes(data)
    moment = next(_moments)
    os.utime(path, ns=(moment, moment))


def leftovers(directory: Path) -> list[str]:
    return sorted(name for name in os.listdir(directory) if name != "state.json")


# --------------------------------------------------------------------------------------
# Writing


def test_a_state_is_read_as_it_was_written(tmp_path: Path, make_state: MakeState) -> None:
    path = tmp_path / "state.json"
    for step in (None, 0, 7):
        write_state(path, make_state(step=step), durable=step == 7)
        assert read_state(path) == make_state(step=step)
    assert leftovers(tmp_path) == []


def test_what_a_killed_writer_left_is_no_obstacle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container every trainer is process 1, so a name of its own is not enough to be unique."""
    monkeypatch.setattr(store, "_serial", itertools.count(5))
    left = tmp_path / f".state.json.{os.getpid()}.5.tmp"
    left.write_bytes(b'{"half": ')
    replace_file(tmp_path / "state.json", b"whole")
    assert (tmp_path / "state.json").read_bytes() == b"whole"
    assert leftovers(tmp_path) == []


def test_a_full_disk_leaves_the_old_state(mount: Callable[[str], Path], make_state: MakeState) -> None:
    disk = mount("size=64k")
    path = disk / "state.json"
    write_state(path, make_state(step=1))
    filler = fill(disk)

    with pytest.raises(OSError, match=r"No space left|fitted on the disk"):
        write_state(path, make_state(step=2, notes="n" * 2000))

    assert read_state(path).step == 1
    assert leftovers(disk) == [filler.name]
    filler.unlink()
    write_state(path, make_state(step=3))
    assert read_state(path).step == 3


def fill(disk: Path) -> Path:
    filler = disk / "filler"
    with open(filler, "wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError as error:
            assert error.errno == errno.ENOSPC
    return filler


def test_a_read_only_directory_leaves_the_old_state(mount: Callable[[str], Path], make_state: MakeState) -> None:
    disk = mount("size=64k")
    write_state(disk / "state.json", make_state(step=1))
    mount("ro")
    with pytest.raises(OSError, match="Read-only"):
        write_state(disk / "state.json", make_state(step=2))
    assert read_state(disk / "state.json").step == 1


def test_a_short_write_leaves_the_old_file(tmp_path: Path, spawn: Any) -> None:
    """A limit on the size of files cuts writes short where no small file system can be mounted."""
    (tmp_path / "state.json").write_bytes(b"old")
    code = """
import resource, sys
from pathlib import Path
from kan_shared.store import replace_file
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    replace_file(Path(sys.argv[1]), bytes(1500))
except OSError as error:
    print(error)
"""
    said, _ = spawn(code, tmp_path / "state.json").communicate()
    assert "1000 of 1500 bytes fitted" in said
    assert (tmp_path / "state.json").read_bytes() == b"old"
    assert leftovers(tmp_path) == []


def test_a_directory_that_is_gone_is_an_oserror(tmp_path: Path, make_state: MakeState) -> None:
    with pytest.raises(FileNotFoundError):
        write_state(tmp_path / "gone" / "state.json", make_state())


# --------------------------------------------------------------------------------------
# Reading once


def test_a_missing_file_is_no_such_run(tmp_path: Path) -> None:
    with pytest.raises(NoSuchRun, match=r"is .* an experiment directory\?") as caught:
        read_state(tmp_path / "state.json")
    assert caught.value.exit_code == 5


def test_the_path_is_named_in_every_refusal(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    for data, kind in ((b"{", UnreadableState), (b'{"schema_version": 2}', NewerSchema)):
        path.write_bytes(data)
        with pytest.raises(kind, match=str(path)):
            read_state(path)


def test_a_file_larger_than_any_state_is_not_even_parsed(tmp_path: Path, make_state: MakeState) -> None:
    path = tmp_path / "state.json"
    data = encode_state(make_state())
    path.write_bytes(data.ljust(MAX_STATE_BYTES))
    assert read_state(path) == make_state()
    path.write_bytes(data.ljust(MAX_STATE_BYTES + 1))
    with pytest.raises(UnreadableState, match="larger than any state"):
        read_state(path)


# --------------------------------------------------------------------------------------
# Following: the last good state stays


def cut(data: bytes, at: int, _: int) -> bytes:
    return data[:at]


def flip(data: bytes, at: int, mask: int) -> bytes:
    return data[:at] + bytes([data[at] ^ mask]) + data[at + 1 :]


def zeros_from(data: bytes, at: int, _: int) -> bytes:
    """What a crash of the machine leaves of a file whose blocks were not yet on the disk."""
    return data[:at] + bytes(len(data) - at)


damages = st.tuples(st.sampled_from([cut, flip, zeros_from]), st.integers(0, 2000), st.integers(1, 255))


@given(st.lists(damages | st.binary(max_size=300), min_size=1, max_size=4))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_to_the_file_the_last_good_state_stays(
    tmp_path: Path, make_state: MakeState, happenings: list[Any]
) -> None:
    path, reader = tmp_path / "state.json", StateReader(tmp_path / "state.json")
    good = encode_state(make_state(step=41))
    put(path, good)
    assert reader.poll()

    for happening in happenings:
        before, data = reader.state, happening
        if not isinstance(happening, bytes):
            damage, at, mask = happening
            data = damage(good, at % len(good), mask)
        put(path, data)
        reader.poll()
        try:
            expected: State | None = decode_state(data)
        except KanError as error:
            expected = before
            assert str(error) in str(reader.problem)
        else:
            assert reader.problem is None
        assert reader.state == expected

    put(path, encode_state(make_state(step=42)))
    assert reader.poll()
    assert (reader.state, reader.problem) == (make_state(step=42), None)


def test_every_cut_of_a_state_is_noticed(tmp_path: Path, make_state: MakeState) -> None:
    path, reader = tmp_path / "state.json", StateReader(tmp_path / "state.json")
    good = encode_state(make_state())
    put(path, good)
    reader.poll()
    for length in range(len(good) - 2):
        put(path, good[:length])
        reader.poll()
        assert reader.problem is not None, good[:length]
        assert reader.state == make_state()


def test_a_bad_file_is_told_once(tmp_path: Path, make_state: MakeState) -> None:
    path, reader = tmp_path / "state.json", StateReader(tmp_path / "state.json")
    put(path, b"garbage")
    assert [reader.poll(), reader.poll(), reader.poll()] == [True, False, False]
    assert isinstance(reader.problem, UnreadableState)
    assert reader.state is None


def test_a_newer_schema_is_said_beside_the_last_state(tmp_path: Path, make_state: MakeState) -> None:
    path, reader = tmp_path / "state.json", StateReader(tmp_path / "state.json")
    put(path, encode_state(make_state()))
    reader.poll()
    put(path, b'{"schema_version": 2}')
    assert reader.poll()
    assert isinstance(reader.problem, NewerSchema)
    assert reader.state == make_state()


def test_looking_at_an_unchanged_file_costs_one_stat(
    tmp_path: Path, make_state: MakeState, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, reader = tmp_path / "state.json", StateReader(tmp_path / "state.json")
    write_state(path, make_state())
    assert reader.poll()
    looked: list[object] = []
    real_stat = os.stat

    def counted(*arguments: Any, **options: Any) -> os.stat_result:
        looked.append(arguments[0])
        return real_stat(*arguments, **options)

    def no_open(*_: Any, **__: Any) -> None:
        raise AssertionError("an unchanged file was opened")

    monkeypatch.setattr(os, "stat", counted)
    monkeypatch.setattr("builtins.open", no_open)
    changed = [reader.poll() for _ in range(3)]
    monkeypatch.undo()
    assert (changed, looked) == ([False] * 3, [path] * 3)


def test_the_same_state_written_anew_is_no_change(tmp_path: Path, make_state: MakeState) -> None:
    path, reader = tmp_path / "state.json", StateReader(tmp_path / "state.json")
    put(path, encode_state(make_state()))
    assert reader.poll()
    put(path, encode_state(make_state()))
    assert not reader.poll()


def test_a_directory_that_is_deleted_and_made_again_is_found_again(tmp_path: Path, make_state: MakeState) -> None:
    directory = tmp_path / "run"
    directory.mkdir()
    reader = StateReader(directory / "state.json")
    write_state(directory / "state.json", make_state(step=1))
    reader.poll()

    shutil.rmtree(directory)
    assert [reader.poll(), reader.poll()] == [True, False]
    assert isinstance(reader.problem, NoSuchRun)
    assert reader.state == make_state(step=1)

    directory.mkdir()
    assert not reader.poll()
    write_state(directory / "state.json", make_state(step=2))
    assert reader.poll()
    assert (reader.state, reader.problem) == (make_state(step=2), None)


def test_a_file_that_could_not_be_opened_for_a_moment_is_read_later(
    tmp_path: Path, make_state: MakeState, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last write of a run that is over has no successor that would wake the reader."""
    path, reader = tmp_path / "state.json", StateReader(tmp_path / "state.json")
    write_state(path, make_state(status="complete"))

    def too_many(*_: Any, **__: Any) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    with monkeypatch.context() as patch:
        patch.setattr("kan_shared.store.open_regular", too_many)
        reader.poll()
    assert isinstance(reader.problem, NoSuchRun)
    assert reader.poll()
    assert (reader.state, reader.problem) == (make_state(status="complete"), None)


def test_a_directory_in_the_place_of_the_file_is_no_run(tmp_path: Path) -> None:
    reader = StateReader(tmp_path)
    assert reader.poll()
    assert isinstance(reader.problem, NoSuchRun)


# --------------------------------------------------------------------------------------
# A writer and a reader that are two processes

WRITER = """
import itertools, sys
from pathlib import Path
import msgspec
from kan_shared.state import decode_state
from kan_shared.store import write_state
path, writes = Path(sys.argv[1]), int(sys.argv[2])
state = decode_state(path.read_bytes())
for n in range(1, writes + 1) if writes else itertools.count(1):
    write_state(path, msgspec.structs.replace(state, revision=n, step=n, notes="x" * (n % 1500)))
"""


@pytest.fixture
def memory_path() -> Iterator[Path]:
    """A directory in memory where there is one: a replace takes 20 µs there, and milliseconds on a busy disk."""
    shared = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=shared) as directory:
        yield Path(directory)


def test_no_torn_read_in_thousands_of_replaces(memory_path: Path, make_state: MakeState, spawn: Any) -> None:
    path, writes = memory_path / "state.json", 10_000
    write_state(path, make_state(revision=0, step=0, notes=""))
    reader, seen, reads = StateReader(path), 0, 0

    writer = spawn(WRITER, path, writes)
    running = True
    while running:
        running = writer.poll() is None
        if not reader.poll():
            continue
        state = reader.state
        assert reader.problem is None
        assert state is not None
        assert (state.step, state.notes) == (state.revision, "x" * (state.revision % 1500))
        assert state.revision >= seen
        seen, reads = state.revision, reads + 1

    assert writer.returncode == 0
    assert seen == writes
    assert reads > 20
    assert leftovers(memory_path) == []


@pytest.mark.parametrize("after_seconds", [0.0, 0.01, 0.03])
def test_a_writer_killed_at_any_moment_leaves_a_whole_state(
    tmp_path: Path, make_state: MakeState, spawn: Any, after_seconds: float
) -> None:
    path = tmp_path / "state.json"
    write_state(path, make_state(revision=0, step=0, notes=""))
    first = os.stat(path).st_ino
    writer = spawn(WRITER, path, 0)
    while os.stat(path).st_ino == first:
        time.sleep(0.001)
    time.sleep(after_seconds)
    writer.kill()
    writer.wait()
    state = read_state(path)
    assert (state.step, state.notes) == (state.revision, "x" * (state.revision % 1500))
    assert len(leftovers(tmp_path)) <= 1


def test_the_file_can_be_read_by_others(tmp_path: Path, make_state: MakeState) -> None:
    """A monitor often runs under another account than the trainer."""
    write_state(tmp_path / "state.json", make_state())
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(os.stat(tmp_path / "state.json").st_mode) == 0o666 & ~umask
