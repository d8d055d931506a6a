"""Long series taken in beside the screen: in which order, once, and without a word where nobody waits any more."""

from __future__ import annotations

from pathlib import Path
from queue import SimpleQueue

import pytest

from kan_monitor.app.intake import Intake, Taken, take_in
from kan_monitor.curve import SHORT_RECORDS, Curve
from kan_shared.series import Record, SeriesFile, SeriesWriter


def curve_of(place: Path, name: str, count: int = SHORT_RECORDS + 1) -> Curve:
    """A curve of so many records, as a screen has it that has looked once."""
    path = place / name
    writer = SeriesWriter(path)
    writer.append(Record(step, float(step), 1 / step, 0) for step in range(1, count + 1))
    writer.close()
    curve = Curve(SeriesFile(path))
    curve.refresh()
    return curve


@pytest.fixture
def news() -> SimpleQueue[Taken]:
    return SimpleQueue()


@pytest.fixture
def intake(news: SimpleQueue[Taken]) -> Intake:
    return Intake(news.put)


def adopted(intake: Intake, news: SimpleQueue[Taken], count: int) -> list[Curve]:
    """The next so many curves, as they came."""
    curves = []
    for _ in range(count):
        taken = news.get(timeout=30)
        intake.adopt(taken)
        curves.append(taken.curve)
    return curves


class TestWhatIsWanted:
    def test_is_drawn_exactly_once_it_was_adopted(self, intake, news, tmp_path):
        curve = curve_of(tmp_path, "loss")
        assert curve.wants_pyramid
        intake.want([curve], 0.6)
        assert intake.left == 1
        assert adopted(intake, news, 1) == [curve]
        assert (intake.left, curve.wants_pyramid) == (0, False)
        assert curve.envelope(1, 2, 1).high == [1.0], "the first two records, whatever an even sample would have hit"

    def test_is_taken_in_once_however_often_it_is_wanted(self, intake, news, tmp_path):
        curve = curve_of(tmp_path, "loss")
        for _ in range(5):
            intake.want([curve], 0.6)
        assert intake.left == 1
        adopted(intake, news, 1)
        assert news.empty()

    def test_is_not_taken_in_again_once_it_is_there(self, intake, news, tmp_path):
        """A screen's wish may have been on its way while the series came."""
        curve = curve_of(tmp_path, "loss")
        intake.want([curve], 0.6)
        adopted(intake, news, 1)
        intake.want([curve], 0.6)
        assert intake.left == 0

    def test_last_comes_before_what_waits(self, intake, news, tmp_path):
        first, second, third, page = (curve_of(tmp_path, name) for name in ("first", "second", "third", "page"))
        hold = intake._pool.submit(news.get)  # the thread is busy, until it is told something
        intake.want([first, second, third], 0.6)
        intake.want([page, third], 0.6)
        news.put(None)
        hold.result()
        assert adopted(intake, news, 4) == [page, third, first, second]

    def test_is_passed_over_where_it_is_short(self, intake, news, tmp_path):
        curve = curve_of(tmp_path, "short", SHORT_RECORDS)
        intake.want([curve], 0.6)
        assert adopted(intake, news, 1) == [curve]
        assert curve.is_short

    def test_has_its_average_with_it(self, tmp_path):
        curve = curve_of(tmp_path, "loss")
        pyramid, _ = take_in(curve, 0.6, lambda: False)
        assert not pyramid.prepare(0.6), "nothing is left to do"

    def test_is_not_silent_where_it_fails(self, intake, news, tmp_path, monkeypatch):
        curve = curve_of(tmp_path, "loss")
        monkeypatch.setattr(curve, "new_file", lambda: 1 / 0)
        intake.want([curve], 0.6)
        with pytest.raises(ZeroDivisionError):
            adopted(intake, news, 1)


class TestWhatIsWantedNoMore:
    def test_is_not_taken_in(self, intake, news, tmp_path):
        hold = intake._pool.submit(news.get)
        intake.want([curve_of(tmp_path, "loss")], 0.6)
        intake.forget()
        news.put(None)
        hold.result()
        intake.stop()
        assert (intake.left, news.empty()) == (0, True)

    def test_ends_with_the_chunk_that_it_is_at(self, tmp_path):
        assert take_in(curve_of(tmp_path, "loss"), 0.6, lambda: True) is None

    def test_is_not_begun_after_the_end(self, intake, tmp_path):
        intake.stop()
        intake.want([curve_of(tmp_path, "loss")], 0.6)
        assert intake.left == 0
