"""Lines of ink: cut, padded and wrapped by the cells that they take, whatever is written in them."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from rich.cells import cell_len

from kan_monitor.dashboard import Figure, Gauge
from kan_monitor.ink import Span, plain_text
from kan_monitor.panels.lines import (
    bar,
    figure,
    fit,
    gauge_ink,
    stack,
    warning,
    width_of,
    with_more,
    wrap,
    wrap_line,
    wrap_words,
)
from kan_shared.text import safe, safe_line

#: Text as it comes out of the view: wide glyphs, emoji and combining marks among it.
ODD = "ab 漢字한👍🔥é́क्षि…━1"
TEXTS = st.one_of(st.text(max_size=40), st.text(alphabet=ODD, max_size=40)).map(safe_line)
LINES = st.lists(st.builds(Span, TEXTS), max_size=5)


@given(LINES, st.integers(0, 60))
def test_fit_gives_exactly_the_width(line, width):
    assert width_of(fit(line, width)) == width


def test_fit_says_that_something_is_missing():
    assert plain_text([fit([Span("a long "), Span("line", "strong")], 9)]) == "a long l…"
    assert fit([Span("a long "), Span("line", "strong")], 9)[-1].ink == "strong"


@pytest.mark.parametrize(
    ("width", "shown"), [(11, "a long line"), (9, "a long l…"), (7, "a long…"), (5, "a lo…"), (1, "…"), (0, "")]
)
def test_fit_says_so_wherever_it_cuts(width, shown):
    line = [Span("a long "), Span("line"), Span("  ")]
    assert plain_text([fit(line, width)]) == shown
    assert width_of(fit(line, width)) == width


def test_fit_never_cuts_a_wide_glyph_in_half():
    assert plain_text([fit([Span("漢字")], 4)]) == "漢字"
    assert plain_text([fit([Span("漢字")], 3)]) == "漢…"
    assert plain_text([fit([Span("漢字")], 2)]) == " …"


@given(st.lists(LINES, max_size=6), st.integers(0, 40), st.integers(0, 8))
def test_stack_is_a_block(lines, width, height):
    assert [width_of(line) for line in stack(lines, width, height)] == [width] * height


@given(st.one_of(st.text(), st.text(alphabet=ODD + "\n")).map(safe), st.integers(2, 30))
def test_wrap_loses_nothing_and_fits(text, width):
    lines = wrap(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines) == text.replace("\n", "")


def test_wrap_keeps_the_lines_of_code():
    assert wrap("def f():\n    return 1\n", 40) == ["def f():", "    return 1", ""]


@given(TEXTS, st.integers(2, 30))
def test_wrap_words_loses_no_word_and_fits(text, width):
    lines = wrap_words(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_wrap_words_breaks_between_words():
    assert wrap_words("loss spike 5.31 at step 1481", 12) == ["loss spike", "5.31 at step", "1481"]
    assert wrap_words("", 12) == [""]


@given(st.floats(allow_nan=False), st.integers(1, 60))
def test_a_bar_is_as_long_as_it_is_told(fraction, width):
    assert width_of(bar(fraction, width, "good")) == width
    assert width_of(bar(None, width, "good")) == width


@pytest.mark.parametrize(
    ("fraction", "drawn"),
    [
        (0.0, "────"),
        (0.05, "────"),
        (0.125, "╸───"),
        (0.5, "━━──"),
        (0.625, "━━╸─"),
        (1.0, "━━━━"),
        (7.0, "━━━━"),
        (-1, "────"),
    ],
)
def test_a_bar_shows_halves_of_cells(fraction, drawn):
    assert plain_text([bar(fraction, 4, "good")]) == drawn


def test_an_unknown_bar_is_no_empty_bar():
    assert plain_text([bar(None, 4, "good")]) == "┄┄┄┄"
    assert plain_text([bar(None, 4, "good")]) != plain_text([bar(0.0, 4, "good")])


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_longer_bar_is_never_shown_for_less(less, more):
    assume(less < more)
    filled = [plain_text([bar(fraction, 24, "good")]).rstrip("─") for fraction in (less, more)]
    assert len(filled[0]) <= len(filled[1])


def test_a_figure_has_its_unit_only_when_it_is_known():
    assert plain_text([figure(Figure(value=285.0, text="285", unit="W"))]) == "285 W"
    assert plain_text([figure(Figure(unit="W"))]) == "—"


@pytest.mark.parametrize("severity", ["warn", "bad", "info"])
def test_what_needs_a_look_says_so_in_a_word(severity):
    value = Figure(value=1.0, text="1", severity=severity, word="high")
    assert plain_text([warning(value)]) == " high"
    assert warning(value)[0].ink == severity
    assert figure(value)[0].ink == severity
    assert gauge_ink(Gauge(figure=value)) == severity


@pytest.mark.parametrize("severity", ["none", "good", "great"])
def test_what_is_well_says_nothing(severity):
    assert warning(Figure(value=1.0, text="1", severity=severity, word="healthy")) == []


class TestTextInSeveralInks:
    @given(
        st.lists(st.builds(Span, st.text(alphabet=ODD + "\n", max_size=20), st.sampled_from(["good", "bad"]))),
        st.integers(2, 20),
    )
    def test_is_wrapped_as_text_in_one_is(self, line, width):
        text = "".join(span.text for span in line)
        assert ["".join(span.text for span in row) for row in wrap_line(line, width, 999)] == wrap(text, width)

    def test_keeps_its_inks(self):
        wrapped = wrap_line([Span("ab", "good"), Span("cd\nef", "bad")], 3, 999)
        assert wrapped == [[Span("ab", "good"), Span("c", "bad")], [Span("d", "bad")], [Span("ef", "bad")]]

    def test_is_not_wrapped_much_further_than_it_is_shown(self):
        assert len(wrap_line([Span("abc " * 2000), Span("\n" * 50)], 10, 5)) == 6

    def test_says_that_there_is_more(self):
        assert plain_text([with_more([Span("abc   ")], 8)]) == "abc …"
        assert plain_text([with_more([Span("abcdefghij")], 8)]) == "abcdefg…"
