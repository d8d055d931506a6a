"""Two texts word by word: nothing of either is lost, and only what helps is shown."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kan_monitor.view.difference import word_difference

WORDS = st.lists(st.sampled_from(["a", "b", "word", "3.14", " ", "  ", "\n", "(", ");", "漢字", "é"]), max_size=30).map(
    "".join
)


def written(target: str, generated: str) -> str:
    """The difference as `wdiff` writes it."""
    marks = {"same": "{}", "missing": "[-{}-]", "extra": "{{+{}+}}"}
    return "".join(marks[piece.kind].format(piece.text) for piece in word_difference(target, generated))


@pytest.mark.parametrize(
    ("target", "generated", "difference"),
    [
        ("the cat sat here", "the dog sat here", "the [-cat-]{+dog+} sat here"),
        ("one two three", "one three", "one [-two -]three"),
        ("one three", "one two three", "one {+two +}three"),
        ("assert!(!is_even(3));", "assert!(is_even(4));", "assert!([-!-]is_even([-3-]{+4+}));"),
        ("x = 0.71 and more", "x = 0.75 and more", "x = [-0.71-]{+0.75+} and more"),
        ("a\n    b\n", "a\n    c\n", "a\n    [-b-]{+c+}\n"),
    ],
)
def test_what_was_put_in_the_place_of_what(target, generated, difference):
    assert written(target, generated) == difference


@pytest.mark.parametrize(
    ("target", "generated"),
    [("same", "same"), ("", ""), ("something", ""), ("", "something"), ("a b c", "x y z"), ("0.7071", "0.7069")],
)
def test_there_is_none_where_it_would_not_help(target, generated):
    assert word_difference(target, generated) == ()


@given(WORDS, WORDS)
def test_nothing_of_either_text_is_lost(target, generated):
    pieces = word_difference(target, generated)
    if pieces:
        assert "".join(piece.text for piece in pieces if piece.kind != "extra") == target
        assert "".join(piece.text for piece in pieces if piece.kind != "missing") == generated
        assert any(piece.kind != "same" for piece in pieces)


@given(WORDS, WORDS)
def test_neighbours_are_of_different_kinds(target, generated):
    kinds = [piece.kind for piece in word_difference(target, generated)]
    assert all(one != other for one, other in pairwise(kinds))
    assert ("extra", "missing") not in pairwise(kinds)


def test_long_texts_are_not_compared_for_long():
    """Whatever they are, the work is bounded: 8192 characters that differ everywhere end at once."""
    assert word_difference("a b " * 2048, "b a " * 2048) == ()
    assert word_difference("a " * 1000, "b a " * 500) == ()
