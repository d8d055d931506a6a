"""Every sample of a run: gone through on a screen of its own, and the last of them on the dashboard."""

from __future__ import annotations

import pytest

from kan_monitor.sources import archive
from kan_monitor.sources.archive import Archive
from kan_monitor.sources.matches import Matches
from kan_shared.experiment import Experiment
from kan_shared.journal import JournalWriter, Sample

from .looking import PLACE
from .making import NOW, write_journal
from .source import source_run
from .watching import screen, until

pytestmark = pytest.mark.usefixtures("home")


def numbered(number: int, **changes: object) -> Sample:
    """The sample of step 10 × its number, counted from 1."""
    values = {"input": f"question {number}", "target": "a b c", "generated": f"a b {number}", "match": number / 10_000}
    return Sample(seconds=NOW + number, step=10 * number, **{**values, **changes})


def write_samples(*numbers: int) -> None:
    """Writes more samples."""
    write_journal(Experiment(PLACE).samples, map(numbered, numbers))


class TestTheTimeline:
    @pytest.fixture
    def opened(self, watching):
        """Forty samples on the screen, beside nothing of the run's own."""

        def begin(**options):
            PLACE.mkdir(parents=True)
            Experiment(PLACE).samples.unlink(missing_ok=True)
            write_samples(*range(1, 41))
            return watching(None, **options)

        return begin

    async def test_begins_at_the_newest_and_follows_it(self, opened):
        async with opened() as (app, pilot):
            await pilot.press("3")
            assert "step 400 · 40 of 40" in screen(app)
            assert "the newest, as they come" in screen(app)
            write_samples(41)
            await until(pilot, lambda: "question 41" in screen(app) and "41 of 41" in screen(app))

    async def test_goes_back_and_on_and_to_both_ends(self, opened):
        async with opened() as (app, pilot):
            await pilot.press("3")
            for key, position in (
                ("left", "39 of 40"),
                ("pageup", "29 of 40"),
                ("right", "30 of 40"),
                ("home", "1 of 40"),
                ("left", "1 of 40"),
                ("pagedown", "11 of 40"),
                ("left_square_bracket", "10 of 40"),
                ("end", "40 of 40"),
            ):
                await pilot.press(key)
                assert f"· {position} ─╮" in screen(app), key

    async def test_stays_where_one_went_back_to_and_counts_what_is_newer(self, opened):
        async with opened() as (app, pilot):
            await pilot.press("3", "left", "left")
            assert "2 newer, end follows" in screen(app)
            write_samples(41, 42)
            await until(pilot, lambda: "4 newer, end follows" in screen(app))
            assert "question 38" in screen(app)
            assert "step 380 · 38 of 42" in screen(app)
            await pilot.press("end")
            assert "question 42" in screen(app)

    async def test_a_freeze_holds_it(self, opened):
        async with opened() as (app, pilot):
            await pilot.press("3", "p")
            write_samples(41)
            await pilot.pause(0.5)
            assert "40 of 40" in screen(app)
            await pilot.press("p")
            await until(pilot, lambda: "41 of 41" in screen(app))

    async def test_a_click_on_the_timeline_goes_there(self, opened):
        async with opened() as (app, pilot):
            await pilot.press("3")
            await pilot.click("#view", offset=(10, 3))
            assert "· 1 of 40" in screen(app)
            await pilot.click("#view", offset=(117, 3))
            assert "· 40 of 40" in screen(app)
            await pilot.click("#view", offset=(63, 3))
            assert "· 20 of 40" in screen(app)

    async def test_marks_where_one_is_on_the_course_of_all_matches(self, opened):
        async with opened() as (app, pilot):
            await pilot.press("3")
            [axis] = [line for line in screen(app).splitlines() if "└" in line]
            assert axis.rstrip("│ ").endswith("▲")
            await pilot.press("home")
            [axis] = [line for line in screen(app).splitlines() if "└" in line]
            assert "└▲" in axis

    async def test_a_long_sample_is_scrolled_and_then_stays(self, opened):
        long = "\n".join(f"row {number}" for number in range(100))
        async with opened() as (app, pilot):
            write_journal(Experiment(PLACE).samples, [numbered(41, target=long, generated=long + "!")])
            await pilot.press("3")
            await until(pilot, lambda: "more ↓" in screen(app))
            assert "row 0 " in screen(app)
            await pilot.press(*["down"] * 10)
            assert "10 more ↑" in screen(app)
            assert "row 0 " not in screen(app)
            write_samples(42)
            await until(pilot, lambda: "1 newer" in screen(app))
            assert "41 of 42" in screen(app)
            await pilot.press(*["down"] * 100)
            assert "row 99" in screen(app)
            assert "more ↓" not in screen(app)

    async def test_a_line_that_is_no_sample_is_said_to_be_none(self, opened):
        async with opened() as (app, pilot):
            with open(Experiment(PLACE).samples, "ab") as file:
                file.write(b"{torn\n")
            await pilot.press("3")
            await until(pilot, lambda: "this sample cannot be read" in screen(app))
            await pilot.press("left")
            assert "question 40" in screen(app)

    async def test_a_journal_that_begins_anew_is_shown_from_its_beginning(self, opened):
        async with opened() as (app, pilot):
            await pilot.press("3", "left")
            Experiment(PLACE).samples.unlink()
            await until(pilot, lambda: "no sample yet" in screen(app))
            write_samples(7)
            await until(pilot, lambda: "question 7" in screen(app))

    async def test_a_long_journal_is_taken_in_over_several_looks(self, opened, monkeypatch):
        monkeypatch.setattr(archive, "_CHUNK_BYTES", 100)
        monkeypatch.setattr(Archive.poll, "__defaults__", (800,))
        async with opened() as (app, pilot):
            await pilot.press("3")
            assert "40 of 40" not in screen(app)
            await until(pilot, lambda: "40 of 40" in screen(app))

    async def test_another_run_is_not_shown_with_the_samples_of_this_one(self, watching):
        source_run().but(run_id="other", name="other").write(PLACE.with_name("other"))
        async with watching() as (app, pilot):
            await pilot.press("3", "r")
            await until(pilot, lambda: " other " in screen(app))
            if "▸ other" not in screen(app):
                await pilot.press("down")
            await pilot.press("enter")
            await until(pilot, lambda: " other " in screen(app).splitlines()[0])
            assert "╭─ match" not in screen(app)

    async def test_before_there_is_one_it_says_so(self, watching):
        async with watching("starting") as (app, pilot):
            await pilot.press("3", "left", "end", "down")
            assert "no sample yet" in screen(app)


class TestOnTheDashboard:
    async def test_brackets_go_through_the_last_samples(self, watching):
        async with watching() as (app, pilot):
            assert "14 of 14" in screen(app)
            await pilot.press("left_square_bracket", "left_square_bracket")
            assert "step 2 052 · 12 of 14" in screen(app)
            await pilot.press("right_square_bracket")
            assert "step 2 223 · 13 of 14" in screen(app)
            await pilot.press(*["left_square_bracket"] * 20)
            assert "step 171 · 1 of 14" in screen(app)

    async def test_what_one_went_back_to_stays_when_others_come(self, watching):
        async with watching() as (app, pilot):
            await pilot.press("left_square_bracket")
            write_samples(300)
            await until(pilot, lambda: "13 of 15" in screen(app))
            await pilot.press("right_square_bracket", "right_square_bracket")
            assert "question 300" in screen(app)

    @pytest.mark.parametrize("key", ["right_square_bracket", "right_curly_bracket"])
    async def test_at_the_end_it_follows_again(self, watching, key):
        async with watching() as (app, pilot):
            await pilot.press("left_square_bracket", key)
            write_samples(300)
            await until(pilot, lambda: "question 300" in screen(app))

    async def test_a_freeze_does_not_hinder_it(self, watching):
        async with watching() as (app, pilot):
            await pilot.press("p")
            write_samples(300)
            await pilot.press("left_square_bracket")
            assert "13 of 14" in screen(app)
            await pilot.press("p", "right_curly_bracket")
            await until(pilot, lambda: "15 of 15" in screen(app))


class TestTheMatches:
    @pytest.fixture
    def samples(self, tmp_path) -> Archive[Sample]:
        path = tmp_path / "samples.jsonl"
        write_journal(path, map(numbered, range(1, 1001)))
        samples = Archive(path, Sample)
        samples.poll()
        return samples

    @pytest.mark.parametrize(("most", "picked"), [(1000, 1000), (999, 500), (200, 125), (3, 2), (1, 1)])
    def test_are_picked_evenly_and_no_more_than_wanted(self, samples, most, picked):
        found = Matches(samples).picked(most)
        assert len(found) == picked
        assert len({after - before for before, after in zip(found, [*found][1:], strict=False)}) <= 1
        assert found[0] == 0.0001

    def test_are_read_once_while_the_journal_grows(self, samples, monkeypatch):
        read: list[int] = []
        entry = Archive.__getitem__
        monkeypatch.setattr(Archive, "__getitem__", lambda self, number: read.append(number) or entry(self, number))
        matches = Matches(samples)
        matches.picked(200)
        journal = JournalWriter(samples._path)
        for number in range(1001, 1801):
            journal.append(numbered(number))
            samples.poll()
            matches.picked(200)
        journal.close()
        assert len(read) == len(set(read)) < 1800 // 8

    def test_of_another_journal_are_others(self, samples, tmp_path):
        matches = Matches(samples)
        matches.picked(10)
        other = tmp_path / "other.jsonl"
        write_journal(other, map(numbered, range(501, 2001)))
        other.replace(samples._path)
        samples.poll()
        assert matches.picked(10)[0] == 0.0501
