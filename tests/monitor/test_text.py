"""How figures and foreign text are written."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kan_monitor.text import UNKNOWN, age, clock, clock_after, count, duration, gigabytes, number, percent, rate, when
from kan_shared.text import safe, safe_line

from .cases import HOSTILE
from .making import NOW

#: All that Unicode has, unpaired surrogates too: hypothesis leaves those out unless it is told.
ANYTHING = st.text(alphabet=st.characters(exclude_categories=()))


class TestSafe:
    @given(ANYTHING)
    def test_leaves_nothing_that_a_terminal_obeys(self, text):
        assert all(character.isprintable() for character in safe(text).replace("\n", ""))

    @given(ANYTHING)
    def test_keeps_every_newline(self, text):
        assert safe(text).count("\n") == text.count("\n")

    @given(ANYTHING)
    def test_leaves_what_is_safe_as_it_is(self, text):
        assert safe(safe(text)) == safe(text)

    @given(ANYTHING)
    def test_on_one_line_has_no_newline(self, text):
        assert safe_line(text).isprintable()

    @given(ANYTHING)
    def test_can_be_written_as_utf_8(self, text):
        safe(text).encode()

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("\x1b[31mred", "␛[31mred"),
            ("\x1b]52;c;eA==\x07", "␛]52;c;eA==␇"),
            ("\x9b31m", "�31m"),
            ("\x00\x7f", "␀␡"),
            ("\u202egnp.evil", "�gnp.evil"),
            ("a\u200bb\ufeff", "a�b�"),
            ("\ud83d", "�"),
            ("\ta\tb", "    a   b"),
            ("dos\r\nmac\r", "dos\nmac␍"),
            ("[/foo] [INST]", "[/foo] [INST]"),
            ("漢字 é 🔥", "漢字 é 🔥"),
            ("", ""),
        ],
    )
    def test_shows_what_it_does_not_let_through(self, text, shown):
        assert safe(text) == shown

    def test_one_line_shows_its_line_ends(self):
        assert safe_line("one\ntwo") == "one␊two"

    def test_is_bounded(self):
        assert safe("x" * 100_000) == "x" * 8192
        assert safe_line("x" * 100_000) == "x" * 400

    def test_takes_the_worst_of_a_terminal(self):
        assert "\x1b" not in safe(HOSTILE)
        assert "[@click=app.quit]x[/]" in safe(HOSTILE), "markup is text like any other"


class TestNumber:
    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            (None, "—"),
            (0.0, "0"),
            (-0.0, "0"),
            (2.1434, "2.143"),
            (6.6313796, "6.631"),
            (0.012345, "0.01235"),
            (0.00058, "5.80e-4"),
            (-0.00058, "−5.80e-4"),
            (9.9999, "10.00"),
            (10.0, "10.00"),
            (-2.5, "−2.500"),
            (123456.7, "123457"),
            (1e6, "1.00e6"),
            (1e300, "1.00e300"),
            (5e-324, "4.94e-324"),
            (math.nan, "NaN"),
            (math.inf, "∞"),
            (-math.inf, "−∞"),
        ],
    )
    def test_examples(self, value, shown):
        assert number(value) == shown

    @given(st.floats(allow_nan=False, allow_infinity=False), st.integers(3, 6))
    def test_reads_back_as_nearly_the_same(self, value, digits):
        assume(1e-290 < abs(value) < 1e300)
        back = float(number(value, digits).replace("−", "-"))
        assert back == pytest.approx(value, rel=0.5 * 10 ** (2 - digits) * 1.001)

    @given(st.floats(0.01, 9999), st.integers(3, 6))
    def test_has_so_many_digits(self, value, digits):
        significant = number(value, digits).replace(".", "").lstrip("0")
        assert len(significant) == max(digits, len(str(round(value))))

    @given(st.floats(allow_nan=False))
    def test_a_negative_one_is_the_positive_one_with_a_minus(self, value):
        assume(value != 0)
        assert number(-abs(value)) == "−" + number(abs(value))


class TestCountAndRate:
    @given(st.integers(0, 2**53))
    def test_count_has_groups_of_three(self, value):
        assert count(value).replace(" ", "") == str(value)
        assert re.fullmatch(r"\d{1,3}( \d{3})*", count(value))

    def test_unknown_is_not_zero(self):
        assert (
            count(None) == rate(None) == percent(None) == gigabytes(None) == duration(None) == number(None) == UNKNOWN
        )
        zeros = {count(0), rate(0), percent(0), gigabytes(0), duration(0), number(0)}
        assert UNKNOWN not in zeros

    @pytest.mark.parametrize(
        ("per_second", "shown"),
        [
            (69.70687, "69.7"),
            (1420.4, "1 420"),
            (99.96, "100"),
            (100.0, "100"),
            (0.0, "0"),
            (0.5, "0.500"),
            (58212.7, "58 213"),
        ],
    )
    def test_a_rate_has_three_digits(self, per_second, shown):
        assert rate(per_second) == shown

    @pytest.mark.parametrize(
        ("value", "digits", "shown"), [(53.33, 1, "53.3"), (53.33, 0, "53"), (0.0, 0, "0"), (-68.9, 1, "−68.9")]
    )
    def test_percent(self, value, digits, shown):
        assert percent(value, digits) == shown

    def test_gigabytes_are_those_of_the_drivers(self):
        assert gigabytes(24 * 2**30) == "24.0"
        assert gigabytes(round(9.2 * 2**30)) == "9.2"


class TestTimes:
    @given(st.floats(0, 1e9))
    def test_a_duration_reads_back(self, seconds):
        hours, minutes, rest = duration(seconds).split(":")
        assert int(hours) * 3600 + int(minutes) * 60 + int(rest) == int(seconds)
        assert len(minutes) == len(rest) == 2

    @pytest.mark.parametrize(
        ("seconds", "shown"),
        [(0, "00:00:00"), (252, "00:04:12"), (3599.9, "00:59:59"), (86400, "24:00:00"), (360_000, "100:00:00")],
    )
    def test_durations_go_on_beyond_a_day(self, seconds, shown):
        assert duration(seconds) == shown

    @pytest.mark.parametrize(
        ("seconds", "shown"),
        [
            (-1, "0.0 s"),
            (0.31, "0.3 s"),
            (12.4, "12 s"),
            (59.4, "59 s"),
            (60, "1 min"),
            (240, "4 min"),
            (7200, "2 h"),
            (3 * 86400, "3 d"),
        ],
    )
    def test_an_age_is_the_one_figure_that_matters(self, seconds, shown):
        assert age(seconds) == shown

    @given(st.floats(0, 1e8), st.floats(0, 1e8))
    def test_an_older_one_never_looks_younger(self, younger, older):
        assume(younger < older)
        units = {"s": 1, "min": 60, "h": 3600, "d": 86400}

        def seconds(text: str) -> float:
            value, unit = text.split()
            return float(value) * units[unit]

        assert seconds(age(younger)) <= seconds(age(older))

    def test_the_clock_is_that_of_the_one_who_looks(self):
        assert clock(NOW, 0) == "13:53"
        assert clock(NOW, 2 * 3600) == "15:53"
        assert clock(NOW, -14 * 3600) == "23:53"

    def test_a_finish_on_another_day_says_so(self):
        assert clock_after(NOW, 513, 0) == "14:02"
        assert clock_after(NOW, 12 * 3600, 0) == "01:53 +1 d"
        assert clock_after(NOW, 12 * 3600, -4 * 3600) == "21:53"
        assert clock_after(NOW, 193_386, 0) == "19:36 +2 d"

    @pytest.mark.parametrize(
        ("ago", "offset", "shown"),
        [
            (60, 0, "13:52"),
            (13 * 3600, 0, "00:53"),
            (14 * 3600, 0, "May 31 23:53"),
            (14 * 3600, 3600, "00:53"),
            (0, -14 * 3600, "23:53"),
            (-11 * 3600, 0, "Jun 2 00:53"),
            (299 * 86400, 0, "Aug 6 13:53"),
            (301 * 86400, 0, "Aug 4 2024"),
            (NOW, -3600, "Dec 31 1969"),
            (NOW - 1e11, 0, "Nov 16 5138"),
        ],
    )
    def test_a_moment_of_another_day_has_its_date(self, ago, offset, shown):
        assert when(NOW - ago, NOW, offset) == shown
