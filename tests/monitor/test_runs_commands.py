"""`kan-monitor runs` and `kan-monitor compare`: tables, objects and exit codes."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from kan_monitor.cli import main
from kan_monitor.headless.table import cells_of, table
from kan_monitor.runs.comparison import Comparison
from kan_monitor.runs.index import STATE, learn
from kan_monitor.runs.listing import Listing
from kan_monitor.view.runs import run_row

from .cases import CASES, kan_run
from .loaded import HEADLESS, HEAVY, modules
from .making import NOW
from .source import source_run

pytestmark = pytest.mark.usefixtures("home")

ROOT = Path("experiments")
CONFIGS = {
    "qwen": "lr: 1e-3\nseed: 7\nmodel: {layers: [4, 8, 1]}\n",
    "sine": "lr: 0.001\nseed: 8\nmodel: {layers: [1, 5, 1], grid: 5}\n",
}


@pytest.fixture(autouse=True)
def _runs(home, monkeypatch):
    """Four runs, one of which cannot be read."""
    monkeypatch.setattr(time, "time", lambda: NOW)
    source_run().but(tags=("baseline", "long run")).write(ROOT / "qwen")
    kan_run().write(ROOT / "sine")
    CASES["hostile"].run().write(ROOT / "hostile")
    (ROOT / "broken").mkdir()
    (ROOT / "broken" / "state.json").write_text("{")
    for name, text in CONFIGS.items():
        (ROOT / name / "config.yaml").write_text(text)
    for age, name in enumerate(["qwen", "sine", "hostile", "broken"]):
        os.utime(ROOT / name / "state.json", (NOW - age, NOW - age))


def printed(capsys, *words: str, code: int = 0) -> str:
    assert main(words) == code
    out, err = capsys.readouterr()
    assert not err if code == 0 else err.startswith("kan-monitor: ")
    return out if code == 0 else err.removeprefix("kan-monitor: ").strip()


class TestTheListOfRuns:
    def test_is_a_table(self, capsys, golden):
        golden("runs/runs.txt", printed(capsys, "runs"))

    def test_is_an_object(self, capsys, golden):
        line = printed(capsys, "runs", "--format", "json", "--sort", "best")
        assert line.isascii()
        golden("runs/runs.json.txt", json.dumps(json.loads(line, parse_constant=pytest.fail), indent=1))

    @pytest.mark.parametrize(
        ("words", "names"),
        [
            (["--filter", "running"], "qwen sine"),
            (["--filter", "lr<=1e-3 tag:baseline"], "qwen"),
            (["--sort", "name"], "broken hostile qwen sine"),
            (["--sort", "seed", "--reverse"], "sine qwen hostile broken"),
            (["--sort", "best(r2)"], "sine qwen hostile broken"),
            (["--sort", "smooth", "--filter", "seed>0"], "sine qwen"),
            (["--limit", "2"], "qwen sine"),
            ([str(ROOT), "--filter", "seed=8"], "sine"),
        ],
    )
    def test_is_filtered_sorted_and_cut(self, capsys, words, names):
        runs = json.loads(printed(capsys, "runs", *words, "--format", "json"))["runs"]
        assert " ".join(run["name"] for run in runs) == names

    def test_says_the_same_as_the_screen(self, capsys):
        lines = printed(capsys, "runs").splitlines()
        listing = Listing(ROOT)
        listing.index.look()
        learn(listing.index.runs, STATE)
        for run, line in zip(listing.index.runs, lines[1:-1], strict=True):
            row = run_row(run.facts(NOW), NOW)
            for text in (row.name, row.badge.word, row.best.text, row.loss.text, row.duration.text, row.age.text):
                assert text in line

    def test_shows_an_average_only_where_it_was_asked_for(self, capsys):
        assert "smoothed" not in printed(capsys, "runs")
        assert "smoothed" in printed(capsys, "runs", "--sort", "smooth")

    def test_may_be_empty(self, capsys):
        assert printed(capsys, "runs", "--filter", "name~none") == "no run matches name~none\n"

    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ("lerning_rate<1", "no run has lerning_rate: did you mean learning_rate?"),
            ("running (step>1 sead=7 or no_such=1)", "no run has sead: did you mean seed?"),
            ("layer=4", "no run has layer: did you mean layers?"),
            ("model.gird=5", "no run has model.gird: did you mean model.grid?"),
            ("not r22>0", "no run has r22: did you mean r2?"),
            ("nam.e=x", "no run has nam.e: did you mean name?"),
            ("best(validation/lss)<1", "no run has best(validation/lss): did you mean best(validation/loss)?"),
            ("q_x_z=1", "no run has q_x_z, neither in its config nor among its metrics"),
            ('"a b\x1b"=1', 'no run has "a b␛", neither in its config nor among its metrics'),
            ("lr>5", "no run matches lr>5"),
            ("tag:nothing", "no run matches tag=nothing"),
        ],
    )
    def test_names_a_field_that_no_run_has_and_what_was_meant(self, capsys, query, said):
        assert printed(capsys, "runs", "--filter", query) == f"{said}\n"
        assert json.loads(printed(capsys, "runs", "--filter", "name~none", "--format", "json"))["runs"] == []

    def test_lets_no_escape_out(self, capsys):
        assert all(line.isprintable() for line in printed(capsys, "runs").splitlines())

    @pytest.mark.parametrize(
        ("words", "code", "reason"),
        [
            (["--filter", "lr<"], 2, "the filter is wrong at character 4: a value is missing after <."),
            (["--sort", "worst(x)"], 2, "the filter is wrong at character 1: there is no worst(…)"),
            (["--sort", "a b"], 2, "'a b' is no field of a run"),
            (["--limit", "0"], 2, "argument --limit: 0 is no number from 1 on"),
            (["nowhere"], 5, "there is no run under nowhere/: name another folder."),
            ([str(ROOT / "qwen" / "history")], 5, "there is no run under experiments/qwen/history/"),
        ],
    )
    def test_is_refused_in_one_sentence(self, capsys, words, code, reason):
        assert printed(capsys, "runs", *words, code=code).startswith(reason)

    def test_has_the_language_in_its_help(self, capsys):
        with pytest.raises(SystemExit):
            main(["runs", "--help"])
        assert "status:running lr<1e-3 tag:baseline" in capsys.readouterr().out

    @pytest.mark.parametrize(
        "words", [["runs", "--filter", "running"], ["runs", "--sort", "smooth", "--format", "json"]]
    )
    def test_loads_nothing_that_draws_or_computes(self, words):
        (loaded,) = modules(HEADLESS, *words)
        assert loaded.isdisjoint(HEAVY), loaded & set(HEAVY)


class TestAComparison:
    def test_is_two_tables(self, capsys, golden):
        golden("runs/compare.txt", printed(capsys, "compare", "experiments/qwen", "experiments/sine"))

    def test_is_an_object(self, capsys, golden):
        words = ["experiments/qwen", "experiments/sine", "--metric", "r2", "--rank", "smoothed", "--all-keys"]
        line = printed(capsys, "compare", *words, "--format", "json")
        assert line.isascii()
        golden("runs/compare.json.txt", json.dumps(json.loads(line, parse_constant=pytest.fail), indent=1))

    def test_is_of_what_lies_here_too(self, capsys, monkeypatch):
        monkeypatch.chdir(ROOT / "qwen")
        assert " qwen " in printed(capsys, "compare", ".", "../sine")

    def test_lets_no_escape_out(self, capsys):
        (ROOT / "hostile" / "config.yaml").write_text('"\\e]52;c;x\\a": "\\e[31m[red]"\n')
        out = printed(capsys, "compare", "experiments/hostile", "experiments/sine")
        assert all(line.isprintable() for line in out.splitlines())

    @pytest.mark.parametrize(
        ("words", "code", "reason"),
        [
            (["experiments/qwen", "nowhere"], 5, "nowhere/state.json cannot be read (No such file"),
            (["experiments/broken"], 5, "experiments/broken/state.json: the state is not valid"),
            (["experiments/qwen", "--metric", "x"], 2, "none of these runs has the metric x: choose one of theirs"),
            ([], 2, "the following arguments are required: RUN"),
        ],
    )
    def test_is_refused_in_one_sentence(self, capsys, words, code, reason):
        assert printed(capsys, "compare", *words, code=code).startswith(reason)

    def test_loads_nothing_that_draws_or_computes(self):
        (loaded,) = modules(HEADLESS, "compare", "experiments/qwen", "experiments/sine")
        assert loaded.isdisjoint({*HEAVY} - {"yaml"}), loaded & set(HEAVY)

    def test_has_the_figures_of_the_list(self):
        comparison = Comparison([ROOT / "sine"])
        comparison.look()
        (run,) = comparison.view("r2", "best", NOW, all_keys=False).runs
        row = run_row(comparison.runs[0].facts(NOW), NOW, smoothed=comparison.runs[0].smoothed("r2"))
        assert (run.best, run.best_step, run.smoothed, run.badge) == (row.best, row.best_step, row.smoothed, row.badge)


class TestATable:
    def test_is_aligned_in_cells(self):
        text = table(["a", "n"], [["模型", "1"], ["x", "12"]], right={"n"})
        assert text == "a      n\n模型   1\nx     12\n"
        assert [cells_of(line) for line in text.splitlines()] == [8, 8, 8]

    def test_may_have_no_rows(self):
        assert table(["a", "b"], []) == "a  b\n"
