"""The experiment directory: names of series, and finding runs."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kan_shared.experiment import MAX_SERIES_NAME_BYTES, Experiment, find_runs, has_runs, newest_run, series_file_name
from kan_shared.state import State
from kan_shared.store import write_state


@pytest.fixture
def experiment(tmp_path: Path) -> Experiment:
    experiment = Experiment(tmp_path / "run")
    experiment.history.mkdir(parents=True)
    return experiment


# --------------------------------------------------------------------------------------
# Series


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("train/loss", "train%2Floss.series"),
        ("val loss", "val loss.series"),
        ("..", "...series"),
        ("../../etc/passwd", "..%2F..%2Fetc%2Fpasswd.series"),
        (".hidden", ".hidden.series"),
        ("x.series", "x.series.series"),
        ("100%", "100%25.series"),
        ("%2F", "%252F.series"),
        ("süß", "s%C3%BC%C3%9F.series"),
        ("a\nb\0c", "a%0Ab%00c.series"),
    ],
)
def test_a_name_is_a_file_of_the_history_and_comes_back(experiment: Experiment, name: str, file: str) -> None:
    assert experiment.series(name) == experiment.history / file
    experiment.series(name).touch()
    assert experiment.series_names() == [name]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=250))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_name_comes_back_or_is_refused(tmp_path: Path, name: str) -> None:
    experiment = Experiment(tmp_path)
    experiment.history.mkdir(exist_ok=True)
    try:
        path = experiment.series(name)
    except ValueError:
        assert name == "" or len(name.encode()) * 3 > MAX_SERIES_NAME_BYTES
        return
    assert path.parent == experiment.history
    path.touch()
    assert experiment.series_names() == [name]
    path.unlink()


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20), unique=True))
def test_two_names_never_share_a_file(names: list[str]) -> None:
    assert len({series_file_name(name) for name in names}) == len(names)


@pytest.mark.parametrize("name", ["", "n" * 201, "/" * 67, "ü" * 34])
def test_a_name_that_no_file_can_have_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="1 to 200 bytes"):
        series_file_name(name)


def test_the_longest_names_can_be_files(experiment: Experiment) -> None:
    names = ["n" * 200, "/" * 66, "ü" * 33]
    for name in names:
        experiment.series(name).touch()
    assert experiment.series_names() == sorted(names)


def test_lone_surrogates_become_question_marks() -> None:
    assert series_file_name("loss\ud800") == "loss%3F.series"


def test_files_that_are_no_series_are_passed_over(experiment: Experiment) -> None:
    experiment.series("loss").touch()
    for junk in (
        ".series",
        "notes.txt",
        "loss.series.tmp",
        "n" * 230 + ".series",
        "a%2fb.series",
        "%FF.series",
        "ü.series",
    ):
        (experiment.history / junk).touch()
    os.close(os.open(os.fsencode(experiment.history) + b"/\xff.series", os.O_CREAT))
    assert experiment.series_names() == ["loss"]
    for name in experiment.series_names():
        experiment.series(name)


def test_a_run_without_a_history_has_no_series(tmp_path: Path) -> None:
    assert Experiment(tmp_path / "missing").series_names() == []


def test_nothing_is_made_by_asking(tmp_path: Path) -> None:
    experiment = Experiment(str(tmp_path / "run"))
    experiment.series("loss")
    assert not experiment.directory.exists()


# --------------------------------------------------------------------------------------
# Runs


def run(root: Path, name: str, state: State, seconds: int) -> Path:
    directory = root / name
    directory.mkdir()
    write_state(directory / "state.json", state)
    os.utime(directory / "state.json", (seconds, seconds))
    return directory


def test_runs_are_found_newest_first(tmp_path: Path, make_state: Callable[..., State]) -> None:
    old, newest, newer = (
        run(tmp_path, name, make_state(), seconds) for name, seconds in (("b old", 10), ("a", 30), ("ü", 20))
    )
    assert find_runs(tmp_path) == [newest, newer, old]
    assert find_runs(os.fspath(tmp_path)) == [newest, newer, old]
    assert newest_run(tmp_path) == newest
    assert has_runs(tmp_path)


def test_a_run_is_found_by_its_last_write_and_not_by_its_folder(
    tmp_path: Path, make_state: Callable[..., State]
) -> None:
    first, second = run(tmp_path, "first", make_state(), 10), run(tmp_path, "second", make_state(), 20)
    os.utime(second, (5, 5))
    assert find_runs(tmp_path) == [second, first]


def test_what_is_no_run_is_ignored(tmp_path: Path, make_state: Callable[..., State]) -> None:
    good = run(tmp_path, "good", make_state(), 10)
    (tmp_path / "empty").mkdir()
    (tmp_path / "a file").write_text("x")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "state.json").write_text("not in a run")
    assert find_runs(tmp_path) == [good]


def test_a_run_with_a_broken_state_is_found(tmp_path: Path) -> None:
    """It is for the reader to say what is wrong with it."""
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "state.json").write_text("garbage")
    assert find_runs(tmp_path) == [tmp_path / "broken"]


@pytest.mark.parametrize("root", ["missing", "a file"])
def test_a_root_that_is_no_directory_holds_no_runs(tmp_path: Path, root: str) -> None:
    (tmp_path / "a file").touch()
    assert find_runs(tmp_path / root) == []
    assert newest_run(tmp_path / root) is None
    assert not has_runs(tmp_path / root)
