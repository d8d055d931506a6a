"""Events and samples, however hostile their text: a journal takes them, and any reader gets them back."""

from __future__ import annotations

import itertools
import math
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kan_shared.state import decode_state
from kan_trainer import Run
from kan_trainer.recording.entries import amount, clean_text, count, make_event, make_sample, similarity

HOSTILE = {
    "escape sequences": "\x1b]52;c;aGVsbG8=\x07\x1b[2J\x9b31m",
    "control characters": "".join(map(chr, range(0x20))) + "\x7f",
    "newlines": "a\nb\r\nc\u2028d",
    "markup": "[/foo] [INST] hi [/INST] [@click=app.quit]x[/]",
    "bidi and zero width": "\u202eabc\u202c\u200b\ufeff",
    "emoji": "🧑‍🔬👩‍👩‍👧 日本語",
    "JSON": '{"kind": "error"}\n{"kind": "fake"}',
    "nothing": "",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_comes_back_as_it_was(kind: str, directory: Path, recorded: Any) -> None:
    text = HOSTILE[kind]
    with Run(directory) as run:
        run.event("note", step=1, detail=text)
        run.sample(1, input=text, target=text, generated=text)
    assert [event.kind for event in recorded.events] == ["note", "complete"]
    assert recorded.events[0].detail == text
    (sample,) = recorded.samples
    assert (sample.input, sample.target, sample.generated, sample.match) == (text, text, text, 1.0)


def test_a_lone_surrogate_is_replaced_and_loses_nothing_else(directory: Path, recorded: Any) -> None:
    with Run(directory) as run:
        run.event("no\udfffte", detail="a\ud800b")
        run.sample(1, input="a\ud800b", target="", generated="\udcff")
    assert (recorded.events[0].kind, recorded.events[0].detail) == ("no?te", "a?b")
    assert (recorded.samples[0].input, recorded.samples[0].generated) == ("a?b", "?")
    assert recorded.state.lost is None


def test_long_text_is_cut(directory: Path, recorded: Any) -> None:
    text = "\x00" * 100_000  # six bytes each in JSON
    with Run(directory) as run:
        run.event("k" * 1000, detail=text)
        run.sample(1, input=text, target=text, generated=text + "x")
    assert (len(recorded.events[0].kind), len(recorded.events[0].detail)) == (60, 8192)
    (sample,) = recorded.samples
    assert [len(sample.input), len(sample.target), len(sample.generated)] == [8192] * 3
    assert recorded.state.samples == 1


def test_what_is_no_text_is_written_as_text(directory: Path, recorded: Any) -> None:
    with Run(directory) as run:
        run.event(None, detail=3.5)  # type: ignore[arg-type]
        run.sample(1, input=[1, 2], target=None, generated=b"x")  # type: ignore[arg-type]
    assert (recorded.events[0].kind, recorded.events[0].detail) == ("None", "3.5")
    assert recorded.samples[0].input == "[1, 2]"


@pytest.mark.parametrize("step", [-1, 1.5, "four", math.nan])
def test_a_step_that_is_none_costs_its_entry_only(step: Any, directory: Path, recorded: Any) -> None:
    with Run(directory) as run:
        run.event("bad", step=step)
        run.sample(step, input="", target="", generated="")
        run.event("good", step=1)
    assert [event.kind for event in recorded.events] == ["good", "complete"]
    assert recorded.samples == []
    assert recorded.state.lost.records == 2
    assert (recorded.state.events, recorded.state.samples) == (2, 0)


def test_an_event_needs_no_step(directory: Path, recorded: Any) -> None:
    with Run(directory) as run:
        run.event("note")
    assert recorded.events[0].step is None


@pytest.mark.parametrize(("told", "kept"), [(0.25, 0.25), (0, 0.0), (1.5, 1.0), (-3, 0.0), (np.float32(0.5), 0.5)])
def test_a_match_that_was_given_is_kept_within_its_bounds(told: Any, kept: float) -> None:
    assert make_sample(1.0, 1, "", "a", "b", told).match == kept


@pytest.mark.parametrize("told", [math.nan, math.inf, -math.inf])
def test_a_match_that_is_no_number_leaves_a_sample_that_readers_take(
    told: float, directory: Path, recorded: Any
) -> None:
    with Run(directory) as run:
        run.sample(1, input="", target="a", generated="b", match=told)
    match = recorded.samples[0].match
    assert match is None if math.isnan(told) else match == (1.0 if told > 0 else 0.0)
    assert recorded.state.lost is None


@pytest.mark.parametrize(
    ("target", "generated", "match"),
    [
        ("", "", 1.0),
        ("4", "4", 1.0),
        ("4", "5", 0.0),
        ("a b c d", "a b c x", 0.75),
        ("def f(x): return x", "def f(y): return y", 2 * 6 / 16),
        ("the same, but\nfor   spaces", "the same , but for spaces", 1.0),
        ("some text", "", 0.0),
    ],
)
def test_a_match_that_was_not_given_is_the_share_of_common_words(target: str, generated: str, match: float) -> None:
    assert similarity(target, generated) == pytest.approx(match)


@given(st.text("ab ", max_size=12), st.text("ab ", max_size=12))
def test_words_are_common_if_they_come_in_the_same_order(target: str, generated: str) -> None:
    """Against the definition: the longest sequence of words that both of them have."""

    def sequences(text: str) -> set[tuple[str, ...]]:
        words = text.split()
        return {chosen for size in range(len(words) + 1) for chosen in itertools.combinations(words, size)}

    longest = max(map(len, sequences(target) & sequences(generated)))
    words = len(target.split()) + len(generated.split())
    assert similarity(target, generated) == (2 * longest / words if words else 1.0)


def test_matching_the_longest_texts_takes_no_time_to_speak_of() -> None:
    """It runs beside the training, and models repeat themselves at first."""
    began = time.process_time()
    assert 0 < similarity("word " * 1600, "word other " * 800) < 1
    assert 0 < similarity("." * 8192, ".," * 4096) < 1
    assert time.process_time() - began < 1.0


@pytest.mark.parametrize("value", [0, 7, 7.0, np.int32(7), 2**53, True])
def test_a_count_is_any_whole_number(value: Any) -> None:
    assert count(value) == value
    assert type(count(value)) is int


@pytest.mark.parametrize("value", [-1, 0.5, "7", None, math.nan, math.inf, 2**53 + 1, [7]])
def test_what_is_no_count_is_refused(value: Any) -> None:
    with pytest.raises((TypeError, ValueError, OverflowError)):
        count(value)


@pytest.mark.parametrize("value", [-1, math.nan, math.inf, "many", None])
def test_what_is_no_amount_is_refused(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        amount(value)


def test_an_amount_may_be_a_fraction() -> None:
    assert amount(np.float32(0.5)) == 0.5


def test_cleaning_leaves_good_text_alone() -> None:
    assert clean_text("größer 🔥\n") == "größer 🔥\n"
    assert clean_text("abc", 2) == "ab"
    assert clean_text(None) == "None"


def test_an_event_is_what_was_told() -> None:
    event = make_event(12.5, "checkpoint", np.int64(3), "saved")
    assert (event.seconds, event.kind, event.step, event.detail) == (12.5, "checkpoint", 3, "saved")


def test_a_message_of_hostile_text_leaves_a_state_that_readers_take(directory: Path, recorded: Any) -> None:
    run = Run(directory)
    run.finish("error", HOSTILE["control characters"] + "\ud800")
    state = decode_state(recorded.experiment.state.read_bytes())
    assert state.message == HOSTILE["control characters"] + "?"
