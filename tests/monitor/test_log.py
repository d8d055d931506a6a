"""The training log: its end, followed as it grows, and made fit to be shown."""

from __future__ import annotations

import os

import pytest

from kan_monitor.sources import log
from kan_monitor.sources.log import LogTail
from kan_monitor.view.log import log_line


@pytest.fixture
def path(tmp_path):
    return tmp_path / "training.log"


def append(path, data: bytes) -> None:
    with open(path, "ab") as file:
        file.write(data)


class TestTheTail:
    def test_follows_what_is_appended(self, path):
        tail = LogTail(path)
        assert not tail.poll()
        assert not tail.exists
        append(path, b"one\ntwo\n")
        assert tail.poll()
        append(path, b"three\n")
        assert tail.poll()
        assert not tail.poll()
        assert list(tail.lines) == ["one", "two", "three"]

    def test_shows_a_line_that_is_still_being_written_and_then_the_whole_of_it(self, path):
        tail = LogTail(path)
        append(path, b"epoch 1\nepo")
        tail.poll()
        assert list(tail.lines) == ["epoch 1", "epo"]
        append(path, b"ch 2\n")
        tail.poll()
        assert list(tail.lines) == ["epoch 1", "epoch 2"]

    def test_of_a_long_log_only_the_end_is_read(self, path, monkeypatch):
        monkeypatch.setattr(log, "KEPT_BYTES", 100)
        append(path, b"".join(b"line %03d\n" % number for number in range(200)))
        tail = LogTail(path)
        tail.poll()
        assert tail.skipped_bytes == 200 * 9 - 100
        assert tail.lines[-1] == "line 199"
        assert len(tail.lines) < 15

    def test_a_log_that_was_truncated_or_replaced_is_read_anew(self, path):
        tail = LogTail(path)
        append(path, b"a long line of before\n")
        tail.poll()
        path.write_bytes(b"new\n")
        tail.poll()
        assert list(tail.lines) == ["new"]
        other = path.with_name("other")
        other.write_bytes(b"another file altogether\n")
        os.replace(other, path)
        tail.poll()
        assert list(tail.lines) == ["another file altogether"]

    def test_one_that_is_gone_leaves_nothing(self, path):
        tail = LogTail(path)
        append(path, b"one\n")
        tail.poll()
        path.unlink()
        assert tail.poll()
        assert (list(tail.lines), tail.exists) == ([], False)

    def test_a_line_without_an_end_is_cut(self, path):
        append(path, b"x" * 300_000)
        tail = LogTail(path)
        tail.poll()
        append(path, b"y" * 10)
        tail.poll()
        assert [len(line) for line in tail.lines] == [65_536, 10]

    @pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
    def test_what_is_no_file_is_no_log(self, path, make):
        make(path)
        tail = LogTail(path)
        assert not tail.poll()
        assert not tail.exists

    def test_bytes_that_are_no_text_have_stand_ins(self, path):
        append(path, b"\xff\xfe loss\n")
        tail = LogTail(path)
        tail.poll()
        assert list(tail.lines) == ["\ufffd\ufffd loss"]


class TestALine:
    def test_has_no_colours_and_no_titles(self):
        assert log_line("\x1b[1;32mINFO\x1b[0m step \x1b]0;title\x07done") == "INFO step done"

    def test_of_a_progress_bar_is_its_last_state(self):
        assert log_line("  0%|   |\r 50%|█  |\r100%|██ | 10/10\r") == "100%|██ | 10/10"

    def test_what_a_terminal_would_obey_is_made_visible(self):
        assert log_line("a\x1b[\x07\x9bb\u202ec") == "a␛[␇\ufffdb\ufffdc"

    def test_markup_is_text(self):
        assert log_line("[INST] [/foo] [@click=app.quit]x") == "[INST] [/foo] [@click=app.quit]x"
