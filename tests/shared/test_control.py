"""Requests to a training: put there whole, taken once, and nothing else in the folder is one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kan_shared import control
from kan_shared.control import Request, clear_requests, make_request, put_request, take_requests, withdraw_request


def request(**changes: Any) -> Request:
    return msgspec.structs.replace(make_request("stop", run_id="7f3a", segment=0, now=1000.0), **changes)


def put(folder: Path, content: bytes, name: str = "0" * 32) -> Path:
    path = folder / f"{name}.request"
    path.write_bytes(content)
    return path


def test_a_request_is_taken_once_and_leaves_nothing_behind(tmp_path: Path) -> None:
    asked = request()
    put_request(tmp_path, asked)
    assert take_requests(tmp_path) == [asked]
    assert take_requests(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_requests_are_taken_in_the_order_they_were_made(tmp_path: Path) -> None:
    asked = [request(id=f"{9 - number:032x}", requested_seconds=float(number)) for number in range(5)]
    for one in asked:
        put_request(tmp_path, one)
    assert take_requests(tmp_path) == asked


def test_who_asks_is_named() -> None:
    user, _, host = request().by.partition("@")
    assert user
    assert host == os.uname().nodename


def test_a_request_that_was_withdrawn_is_not_there(tmp_path: Path) -> None:
    asked = request()
    put_request(tmp_path, asked)
    assert withdraw_request(tmp_path, asked)
    assert not withdraw_request(tmp_path, asked)
    assert take_requests(tmp_path) == []


def test_there_may_be_no_folder(tmp_path: Path) -> None:
    assert take_requests(tmp_path / "nowhere") == []
    clear_requests(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"stop",
        b"[" * 4000,
        b"\xff" * 100,
        msgspec.json.encode(request(id="1" * 32)),  # under another's name
        msgspec.json.encode(request(id="0" * 32)).replace(b'"stop"', b'"reboot"'),
        msgspec.json.encode({**msgspec.to_builtins(request(id="0" * 32)), "by": "x" * 201}),
        msgspec.json.encode({**msgspec.to_builtins(request(id="0" * 32)), "more": "x" * 5000}),
    ],
    ids=lambda content: repr(content[:30]),
)
def test_what_is_no_request_is_taken_away_unheard(tmp_path: Path, content: bytes) -> None:
    path = put(tmp_path, content)
    assert take_requests(tmp_path) == []
    assert not path.exists()


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_garbage_is_never_a_request(tmp_path: Path, data: bytes) -> None:
    put(tmp_path, data)
    assert take_requests(tmp_path) == []


def test_a_fifo_a_folder_and_foreign_files_hold_nothing_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / f"{'a' * 32}.request")
    (tmp_path / f"{'b' * 32}.request").mkdir()
    (tmp_path / "notes.txt").write_text("mine")
    asked = request()
    put_request(tmp_path, asked)
    assert take_requests(tmp_path) == [asked]
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{'b' * 32}.request", "notes.txt"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_file_of_another_user_is_no_request(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked_by(user: int) -> list[Request]:
        asked = request()
        put_request(tmp_path, asked)
        os.chown(tmp_path / f"{asked.id}.request", user, -1)
        return take_requests(tmp_path)

    monkeypatch.setattr(control.os, "geteuid", lambda: 1000)
    assert [len(asked_by(user)) for user in (1000, 0, 1001)] == [1, 1, 0]


def test_one_that_cannot_be_taken_away_is_not_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_request(tmp_path, request())

    def refuse(path: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "unlink", refuse)
    assert take_requests(tmp_path) == []


def test_what_a_killed_monitor_left_is_cleared_away_and_nothing_else(tmp_path: Path) -> None:
    put_request(tmp_path, request())
    (tmp_path / f".{'a' * 32}.request.4711.0.tmp").write_bytes(b"half")
    (tmp_path / "notes.txt").write_text("mine")
    clear_requests(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
