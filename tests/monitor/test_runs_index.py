"""Finding runs, reading what is needed of them and no more, their configs, and their order."""

from __future__ import annotations

import math
import os
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import kan_monitor.runs.index
from kan_monitor.runs.config import MAX_BYTES, MAX_KEYS, Config, differences, parse_config, read_config
from kan_monitor.runs.index import STATE, Index, Needs, learn
from kan_monitor.runs.listing import Listing, Order, in_order
from kan_monitor.runs.parser import parse

from .cases import CASES, kan_run
from .making import NOW, ending, series_of, summaries
from .source import source_run

ROOT = Path("experiments")
pytestmark = pytest.mark.usefixtures("home")


def make(name: str, *, age: float = 0, case: str = "running", **changes) -> Path:
    """A run that was written so many seconds ago."""
    CASES[case].run().but(**changes).write(ROOT / name)
    os.utime(ROOT / name / "state.json", (NOW - age, NOW - age))
    return ROOT / name


def looked() -> Index:
    index = Index(ROOT)
    index.look()
    return index


@pytest.fixture
def reads(monkeypatch) -> list[str]:
    """The names of the runs whose states were read, in turn."""
    seen: list[str] = []
    read = kan_monitor.runs.index.read_state

    def spy(path):
        seen.append(path.parent.name)
        return read(path)

    monkeypatch.setattr(kan_monitor.runs.index, "read_state", spy)
    return seen


class TestLooking:
    def test_finds_the_newest_first_and_reads_nothing(self, reads):
        for name, age in (("old", 100), ("new", 1), ("middle", 50)):
            make(name, age=age)
        (ROOT / "notes").mkdir()
        (ROOT / "file").touch()
        assert [run.name for run in looked().runs] == ["new", "middle", "old"]
        assert reads == []

    def test_finds_what_came_and_forgets_what_went(self):
        make("one", age=5)
        index = looked()
        make("two")
        (ROOT / "one" / "state.json").unlink()
        index.look()
        assert [run.name for run in index.runs] == ["two"]

    def test_finds_nothing_where_there_is_nothing(self):
        assert looked().runs == []

    def test_takes_one_look_at_each_run(self, monkeypatch):
        for number in range(5):
            make(f"run-{number}")
        index, stat, looks = looked(), os.stat, []
        monkeypatch.setattr(os, "stat", lambda path, **rest: looks.append(path) or stat(path, **rest))
        index.look()
        assert len(looks) == 5


class TestLearning:
    def test_reads_a_state_again_only_when_its_file_has_changed(self, reads):
        make("still", age=9)
        make("moving", age=8)
        index = looked()
        for _ in range(3):
            learn(index.runs, STATE)
        assert sorted(reads) == ["moving", "still"]
        make("moving", step=2500)
        index.look()
        learn(index.runs, STATE)
        assert sorted(reads) == ["moving", "moving", "still"]
        assert index.runs[0].state.step == 2500

    def test_stops_when_its_time_is_up_and_goes_on_later(self, reads):
        for number in range(4):
            make(f"run-{number}", age=number)
        index = looked()
        for still_unknown in (3, 2, 1, 0):
            assert learn(index.runs, STATE, seconds=0)
            assert index.unknown(STATE) == still_unknown
        assert not learn(index.runs, STATE, seconds=0)
        assert reads == ["run-0", "run-1", "run-2", "run-3"]

    def test_reads_a_config_only_for_who_needs_it_and_once(self, monkeypatch):
        make("run").joinpath("config.yaml").write_text("lr: 1")
        index, seen = looked(), []
        read = kan_monitor.runs.index.read_config
        monkeypatch.setattr(kan_monitor.runs.index, "read_config", lambda path: seen.append(path) or read(path))
        learn(index.runs, STATE)
        assert seen == []
        for step in (2500, 2600):
            learn(index.runs, Needs(config=True))
            make("run", step=step)
            index.look()
        assert len(seen) == 1
        assert index.runs[0].config.values == {"lr": "1"}
        make("run", run_id="another")
        index.look()
        learn(index.runs, Needs(config=True))
        assert len(seen) == 2

    def test_averages_the_end_of_a_series(self):
        make("run", case="no-gpu")
        index = looked()
        learn(index.runs, Needs(smoothed=frozenset({"", "gradient_norm", "none of its"})))
        (run,) = index.runs
        assert run.smoothed("") == pytest.approx(_average(kan_run().series["r2"]), rel=1e-9)
        assert run.smoothed("gradient_norm") == pytest.approx(_average(kan_run().series["gradient_norm"]), rel=1e-9)
        assert run.smoothed("none of its") is None

    @pytest.mark.parametrize("what", ["garbage", "folder", "fifo"])
    def test_takes_whatever_is_in_the_place_of_a_state(self, what):
        state = make("run") / "state.json"
        state.unlink()
        {"garbage": lambda: state.write_bytes(b"\xff{"), "folder": state.mkdir, "fifo": lambda: os.mkfifo(state)}[
            what
        ]()
        index = looked()
        learn(index.runs, Needs(config=True, smoothed=frozenset({""})))
        assert index.runs[0].facts(NOW).problem is not None


def _average(records) -> float:
    average = records[0].value
    for record in records[1:]:
        average = 0.9 * average + 0.1 * record.value
    return average


class TestOrder:
    @pytest.fixture(autouse=True)
    def _runs(self, home):
        goals = {"accuracy": "maximize"}
        for number, (accuracy, end) in enumerate([(0.7, 0.7), (0.9, 0.2), (0.8, 0.8)]):
            series = {"accuracy": ending(series_of(lambda _, top=accuracy: top, range(1, 300)), end)}
            metrics = summaries(series, goals)
            run = replace(source_run(), series=series).but(
                goals=goals, metrics=metrics, step=100 * number, elapsed_seconds=50.0 - number, tags=(f"t{-number}",)
            )
            run.write(ROOT / f"run-{number}")
            os.utime(ROOT / f"run-{number}" / "state.json", (NOW - number, NOW - number))
        assert ROOT.absolute().parent == home
        make("unknown", case="unknown", age=9)
        make("diverged", case="nan-loss", age=10, goals={})
        make("finished", case="complete", age=7300)
        (ROOT / "broken").mkdir()
        (ROOT / "broken" / "state.json").write_text("{")
        os.utime(ROOT / "broken" / "state.json", (NOW - 99999, NOW - 99999))

    @pytest.mark.parametrize(
        ("field", "reverse", "expected"),
        [
            ("age", False, "run-0 run-1 run-2 unknown diverged finished broken"),
            ("age", True, "broken finished diverged unknown run-2 run-1 run-0"),
            ("name", False, "broken diverged finished run-0 run-1 run-2 unknown"),
            ("status", False, "run-0 run-1 run-2 unknown diverged finished broken"),
            ("best", False, "run-1 run-2 run-0 diverged finished unknown broken"),
            ("smooth", False, "run-1 run-2 run-0 diverged finished unknown broken"),
            ("accuracy", False, "run-1 run-0 run-2 unknown diverged finished broken"),
            ("progress", False, "finished diverged run-2 run-1 run-0 unknown broken"),
            ("duration", True, "unknown diverged run-2 run-1 run-0 finished broken"),
            ("loss", False, "run-1 run-0 run-2 finished unknown diverged broken"),
        ],
    )
    def test_is_by_value_with_what_is_not_known_at_the_end(self, field, reverse, expected):
        listing = Listing(ROOT, order=Order(field, reverse))
        listing.index.look()
        listing.learn()
        assert " ".join(run.name for run in listing.select(NOW)) == expected

    def test_of_a_filtered_list(self):
        listing = Listing(ROOT, parse("accuracy>0.5"), Order("best"))
        listing.index.look()
        assert listing.select(NOW) == [], "nothing is known yet"
        assert listing.unknown == 7
        listing.learn()
        assert listing.unknown == 0
        assert [run.name for run in listing.select(NOW)] == ["run-2", "run-0"]

    def test_reads_nothing_where_nothing_is_asked(self, reads):
        listing = Listing(ROOT)
        listing.index.look()
        assert not listing.learn()
        assert len(listing.select(NOW)) == 7
        assert reads == []

    def test_is_the_same_for_an_empty_list(self):
        assert in_order([], Order("best"), NOW) == []


class TestConfig:
    def test_is_flat_with_every_value_as_it_is_written(self):
        text = """
lr: 1e-3
on: true
none:
empty: ""
layers: [4, 8, 1]
nested: {a: {b: 1}, c: []}
list: [{x: 1}, 2, [3, 4]]
base: &base {k: v}
again: *base
? [complex, key]
: value
"""
        assert parse_config(text).values == {
            "lr": "1e-3",
            "on": "true",
            "none": "null",
            "empty": "",
            "layers": "[4, 8, 1]",
            "nested.a.b": "1",
            "nested.c": "[]",
            "list.0.x": "1",
            "list.1": "2",
            "list.2": "[3, 4]",
            "base.k": "v",
            "again": "*base",
            "?": "value",
        }

    def test_constructs_nothing_of_what_a_file_asks_for(self):
        found = parse_config("a: !!python/object/apply:os.system ['touch owned']\nb: !!binary xx")
        assert found.values == {"a": "[touch owned]", "b": "xx"}
        assert not Path("owned").exists()

    def test_does_not_go_off_with_a_bomb_of_aliases(self):
        lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
        lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40)]
        assert len(parse_config("\n".join(lines)).values) == 40

    @pytest.mark.parametrize(
        "text",
        ["[" * 60_000, "- " * 60_000, "{a: " * 30_000, "? " * 60_000, "\n".join(" " * n + "a:" for n in range(300))],
    )
    def test_goes_down_no_further_than_somebody_would_look(self, text):
        assert "levels" in parse_config(text).problem

    def test_keeps_what_stands_before_an_error(self):
        found = parse_config("a: 1\nb: [2\nc: }")
        assert found.values == {"a": "1"}
        assert found.problem == "config.yaml is no YAML from line 3 on"

    def test_has_bounds(self):
        found = parse_config("\n".join(f"key{number}: {number}" for number in range(MAX_KEYS + 5)))
        assert len(found.values) == MAX_KEYS
        assert found.problem == f"config.yaml has more than {MAX_KEYS} keys"
        Path("config.yaml").write_bytes(b"a" * (MAX_BYTES + 1))
        assert read_config(Path("config.yaml")) == Config(problem="config.yaml is larger than 128 KiB")

    def test_says_why_there_is_none(self):
        assert read_config(Path("config.yaml")).problem == "there is no config.yaml"
        os.mkfifo("config.yaml")
        assert "not a regular file" in read_config(Path("config.yaml")).problem

    @given(st.one_of(st.text(), st.text("a:-?[]{}*&!|>'\"#%@ \n,", max_size=60)))
    def test_is_read_from_any_text(self, text):
        assert all(isinstance(value, str) for value in parse_config(text).values.values())

    @given(st.binary())
    def test_is_read_from_any_bytes(self, data):
        parse_config(data.decode(errors="replace"))

    leaves = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=9))
    trees = st.recursive(
        leaves, lambda part: st.dictionaries(st.text("ab", min_size=1), part, max_size=3), max_leaves=9
    )

    @given(st.dictionaries(st.text("ab", min_size=1), trees, min_size=1, max_size=4))
    def test_has_a_value_for_every_leaf_that_a_trainer_wrote(self, config):
        def leaves(tree, path):
            if isinstance(tree, dict) and tree:
                return {key for name, part in tree.items() for key in leaves(part, [*path, name])}
            return {".".join(path)}

        text = yaml.safe_dump(config, allow_unicode=True)
        assert set(parse_config(text).values) == leaves(config, [])


class TestDifferences:
    def test_are_every_key_with_its_value_in_each(self):
        found = dict(differences([{"a": "1", "b": "2"}, {"a": "1", "c": "3"}]))
        assert found == {"a": ("1", "1"), "b": ("2", None), "c": (None, "3")}

    def test_of_equals_are_none(self):
        assert all(len(set(values)) == 1 for _, values in differences([{"a": "1"}, {"a": "1"}]))


def test_a_value_that_is_not_finite_is_ranked_last(tmp_path):
    for name, end in (("good", 0.5), ("nan", math.nan), ("bad", 2.0)):
        series = {"train/loss": ending(series_of(lambda _: 1.0, range(1, 50)), end)}
        replace(source_run(), series=series).but(metrics=summaries(series)).write(tmp_path / name)
    listing = Listing(tmp_path, order=Order("smooth"))
    listing.index.look()
    listing.learn()
    assert [run.name for run in listing.select(NOW)] == ["good", "bad", "nan"]
