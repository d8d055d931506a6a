"""`kan-monitor export`: the series as a table that other tools read, and files that never take another one's place."""

from __future__ import annotations

import csv
import io
import json
import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kan_monitor.cli import main
from kan_monitor.exporting import table
from kan_monitor.exporting.file import frame_name, save_frame
from kan_shared.series import Record, SeriesFile, SeriesWriter, live

from .looking import PLACE
from .making import NOW
from .source import source_run

pytestmark = pytest.mark.usefixtures("home")

RUN = str(PLACE)
#: A resume went back from step 5 to step 3.
RESUMED = [Record(step, NOW + step, float(step), 0) for step in range(6)] + [
    Record(3, NOW + 10, math.nan, 1),
    Record(4, NOW + 11, -math.inf, 1),
]


@pytest.fixture
def run(home) -> None:
    """A run with three series, one of them resumed."""
    losses = [Record(step, NOW + step, step / 7, 0) for step in range(0, 6, 2)]
    replace(source_run(), series={"train/loss": RESUMED, "validation/loss": losses, "a,b\x1b": losses}).write(PLACE)


def exported(capsys, *words: str) -> str:
    capsys.readouterr()
    assert main(["export", RUN, *words]) == 0
    return capsys.readouterr().out


def table_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.usefixtures("run")
class TestTheLongTable:
    def test_has_a_row_for_every_record_that_counts(self, capsys):
        rows = table_of(exported(capsys, "--series", "train/*"))
        assert rows[0] == ["series", "step", "seconds", "value", "segment"]
        assert [(row[1], row[3], row[4]) for row in rows[1:]] == [
            ("0", "0.0", "0"),
            ("1", "1.0", "0"),
            ("2", "2.0", "0"),
            ("3", "NaN", "1"),
            ("4", "-Infinity", "1"),
        ]
        assert rows[1][2] == str(NOW)

    def test_has_what_a_resume_has_overwritten_where_that_is_wanted(self, capsys):
        rows = table_of(exported(capsys, "--series", "train/loss", "--all"))[1:]
        assert [(int(row[1]), int(row[4])) for row in rows] == [(one.step, one.segment) for one in RESUMED]

    def test_is_valid_json_by_the_line(self, capsys):
        lines = exported(capsys, "--format", "jsonl").splitlines()
        rows = [json.loads(line, parse_constant=pytest.fail) for line in lines]
        assert [row["value"] for row in rows if row["series"] == "train/loss"] == [0.0, 1.0, 2.0, "NaN", "-Infinity"]
        assert sum(row["series"] == "a,b\x1b" for row in rows) == 3

    def test_quotes_names_and_lets_no_escape_through(self, capsys):
        text = exported(capsys)
        assert "\x1b" not in text
        assert table_of(text)[1][0] == "a,b␛"

    def test_goes_to_a_file_whose_suffix_says_how(self):
        assert main(["export", RUN, "--output", "series.jsonl"]) == 0
        assert json.loads(Path("series.jsonl").read_text().splitlines()[0])["step"] == 0

    def test_is_the_same_as_parquet(self, capsys):
        parquet = pytest.importorskip("pyarrow.parquet")
        assert main(["export", RUN, "--output", "series.parquet"]) == 0
        rows = parquet.read_table("series.parquet").to_pylist()
        text = table_of(exported(capsys))[1:]
        assert [(row["step"], row["segment"]) for row in rows] == [(int(row[1]), int(row[4])) for row in text]
        assert {row["series"] for row in rows} == {"train/loss", "validation/loss", "a,b\x1b"}
        assert math.isnan(rows[6]["value"])


@pytest.mark.usefixtures("run")
class TestTheWideTable:
    def test_has_a_column_a_series_and_a_row_a_step(self, capsys):
        rows = table_of(exported(capsys, "--wide", "--series", "train/*", "--series", "val*"))
        assert rows == [
            ["step", "train/loss", "validation/loss"],
            ["0", "0.0", "0.0"],
            ["1", "1.0", ""],
            ["2", "2.0", str(2 / 7)],
            ["3", "NaN", ""],
            ["4", "-Infinity", str(4 / 7)],
        ]

    def test_leaves_out_of_json_what_is_not_there(self, capsys):
        rows = [json.loads(line) for line in exported(capsys, "--wide", "--format", "jsonl").splitlines()]
        assert "validation/loss" not in rows[1]
        assert rows[3] == {"step": 3, "train/loss": "NaN"}

    def test_tells_nan_from_nothing_in_parquet(self):
        parquet = pytest.importorskip("pyarrow.parquet")
        assert main(["export", RUN, "--wide", "--output", "series.parquet"]) == 0
        rows = parquet.read_table("series.parquet").to_pylist()
        assert rows[1]["validation/loss"] is None
        assert math.isnan(rows[3]["train/loss"])


@pytest.mark.usefixtures("run")
class TestIsRefused:
    @pytest.mark.parametrize(
        ("words", "sentence"),
        [
            (["--series", "nope"], "no series of experiments/qwen-rust-tests-07 fits --series nope: there are"),
            (["--wide", "--all"], "--wide has one value a step, --all may have several: leave one of them out."),
            (["--frame", "svg", "--wide"], "--wide does not go with --frame."),
            (["--size", "80x24"], "--size is only for --frame."),
            (["--frame", "svg", "--size", "3x3"], "3x3 is no size from 20x6 to 1000x500"),
            (["--format", "parquet"], "Parquet is no text to print: name a file with --output."),
            (["--output", "no/such/folder.csv"], "no/such/folder.csv cannot be written (No such file or directory)"),
        ],
    )
    def test_in_one_sentence(self, capsys, words, sentence):
        assert main(["export", RUN, *words]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert sentence in err
        assert err.count("\n") == 1

    def test_where_there_is_nothing(self, capsys):
        Path("empty").mkdir()
        assert main(["export", "empty"]) == 5
        assert "empty has no series" in capsys.readouterr().err

    def test_where_pyarrow_is_missing(self, capsys, monkeypatch):
        monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
        assert main(["export", RUN, "--output", "x.parquet"]) == 2
        assert "pip install 'kan-monitor[parquet]' brings it" in capsys.readouterr().err
        assert not Path("x.parquet").exists()

    def test_to_replace_a_file_unless_forced(self, capsys):
        Path("mine.csv").write_text("precious")
        assert main(["export", RUN, "--output", "mine.csv"]) == 2
        assert "mine.csv is there already" in capsys.readouterr().err
        assert Path("mine.csv").read_text() == "precious"
        assert main(["export", RUN, "--output", "mine.csv", "--force"]) == 0
        assert Path("mine.csv").read_text().startswith("series,step")


def test_what_could_not_be_finished_is_taken_away(run, monkeypatch):
    monkeypatch.setattr(table, "decode", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        main(["export", RUN, "--output", "half.csv"])
    assert not Path("half.csv").exists()


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9), st.floats()), max_size=40), st.integers(1, 9))
def test_in_batches_of_any_size_it_is_what_is_live(tmp_path_factory, entries, batch):
    records = [Record(step, NOW, value, segment) for segment, step, value in sorted(entries, key=lambda one: one[0])]
    path = tmp_path_factory.mktemp("series") / "any.series"
    writer = SeriesWriter(path)
    writer.append(records)
    writer.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, "BATCH_RECORDS", batch)
        rows = [row for rows in table.long_rows("any", SeriesFile(path)) for row in zip(*rows[1:4], strict=True)]
    assert [(int(step), repr(float(value))) for step, _, value in rows] == [
        (one.step, repr(one.value)) for one in live(records)
    ]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sets(st.integers(0, 30)), min_size=1, max_size=4), st.integers(1, 9))
def test_the_wide_table_has_every_value_once_and_its_steps_ascend(columns, batch):
    def rows(steps: list[int]):
        for start in range(0, len(steps), batch):
            own = table.np.array(steps[start : start + batch], table.np.int64)
            yield table.Rows("any", own, own * 0.0, own * 0.5, own * 0)

    wide = list(table.wide_rows([rows(sorted(steps)) for steps in columns]))
    merged = [step for batch in wide for step in batch.steps.tolist()]
    assert merged == sorted(set().union(*columns))
    for number, steps in enumerate(columns):
        found = {
            step: value
            for batch in wide
            for step, value, known in zip(batch.steps, batch.values[number], batch.known[number], strict=True)
            if known
        }
        assert found == {step: step * 0.5 for step in steps}


class TestASavedFrame:
    def test_never_takes_the_place_of_another(self):
        names = [save_frame(Path(), "mnist", 2400, "svg", "x").name for _ in range(3)]
        assert names == ["mnist-step-2400.svg", "mnist-step-2400-2.svg", "mnist-step-2400-3.svg"]

    @pytest.mark.parametrize(
        ("run", "name"),
        [
            ("../../etc/passwd", "etc-passwd"),
            ("a/b c\x1b", "a-b-c"),
            ("-rf", "rf"),
            ("漢字", "run"),
            ("", "run"),
            ("x" * 300, "x" * 60),
        ],
    )
    def test_has_a_name_of_plain_characters(self, run, name):
        assert frame_name(run, None) == name


def test_memory_does_not_grow_with_the_run(home):
    """Many batches take no more than a few: nothing is collected."""
    code = """
import sys
from pathlib import Path
from kan_monitor.cli import main
from kan_monitor.exporting import table
table.BATCH_RECORDS = 256
assert main(["export", *sys.argv[1:]]) == 0
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(status["VmHWM"].split()[0], file=sys.stderr)
"""
    peaks = []
    for records in (2_000, 50_000):
        long = [Record(step, NOW + step, step / 7, 0) for step in range(records)]
        replace(source_run(), series={"train/loss": long}).write(PLACE)
        done = subprocess.run([sys.executable, "-c", code, RUN], capture_output=True, text=True, check=True)
        assert done.stdout.count("\n") == records + 1
        peaks.append(int(done.stderr))
    assert peaks[1] < peaks[0] + 2 * 1024
