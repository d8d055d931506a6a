"""A line that is being typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kan_monitor.app.line_edit import LineEdit

KEYS = ("left", "right", "home", "end", "backspace", "delete", "ctrl+u", "ctrl+w", "ctrl+a", "ctrl+e", "ctrl+h", "f5")


@pytest.mark.parametrize(
    ("keys", "text", "cursor"),
    [
        ("left backspace", "lr< 1", 4),
        ("left left delete", "lr<  1"[:4] + "1", 4),
        ("home delete", "r<  1", 0),
        ("home left end right", "lr<  1", 6),
        ("ctrl+a ctrl+e ctrl+h", "lr<  ", 5),
        ("ctrl+w", "lr< ", 4),
        ("ctrl+u", "", 0),
        ("left ctrl+u", "1", 0),
        ("f5", "lr<  1", 6),
    ],
)
def test_takes_the_keys_of_every_other_line(keys, text, cursor):
    line = LineEdit("lr<  1", 6)
    for key in keys.split():
        line = line.pressed(key)
    assert line == (text, cursor)


def test_types_where_the_cursor_is():
    line = LineEdit("ac", 1).typed("b")
    assert (line.before, line.behind) == ("ab", "c")


@given(st.lists(st.one_of(st.sampled_from(KEYS), st.text(max_size=3))))
def test_the_cursor_never_leaves_the_text(keys):
    line = LineEdit()
    for key in keys:
        line = line.pressed(key) if key in KEYS else line.typed(key)
        assert 0 <= line.cursor <= len(line.text)
        assert line.before + line.behind == line.text
