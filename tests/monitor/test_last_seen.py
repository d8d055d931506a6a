"""When runs were last looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from kan_monitor.app.last_seen import LastSeen, default_place


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state" / "seen.json"


def test_is_remembered_by_run(path):
    LastSeen(path).remember("one", 1000.0)
    LastSeen(path).remember("two", 2000.0)
    LastSeen(path).remember("one", 3000.0)
    assert [LastSeen(path).of(run) for run in ("one", "two", "three")] == [3000.0, 2000.0, None]


def test_of_many_runs_the_latest_are_kept(path):
    seen = LastSeen(path)
    for number in range(510):
        seen.remember(f"run-{number}", float(number))
    assert (seen.of("run-9"), seen.of("run-10")) == (None, 10.0)


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"one": "two", "three": NaN}', b'{"one": [' * 9999])
def test_a_file_that_is_none_is_made_anew(path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    assert LastSeen(path).of("one") is None
    LastSeen(path).remember("one", 7.0)
    assert LastSeen(path).of("one") == 7.0


def test_where_nothing_can_be_written_nothing_is_said(tmp_path):
    (tmp_path / "state").touch()
    LastSeen(tmp_path / "state" / "seen.json").remember("one", 7.0)


def test_lies_where_the_user_wants_such_things():
    assert default_place({"XDG_STATE_HOME": "/x"}) == Path("/x/kan-monitor/seen.json")
    assert default_place({"XDG_STATE_HOME": "relative"}) == Path.home() / ".local/state/kan-monitor/seen.json"


def test_lies_nowhere_for_a_user_without_a_home(monkeypatch):
    monkeypatch.setattr("os.path.expanduser", lambda path: path)
    LastSeen(default_place({})).remember("one", 1000.0)
    assert LastSeen(default_place({})).of("one") is None
