"""The corpus of Rust functions and tests that is shipped: its form, and that its tests run, pass and find faults."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from pathlib import Path

import pytest

from .rust_checking import (
    RustFile,
    choose_mutants,
    find,
    form_problems,
    format_problems,
    read,
    run_problems,
    try_mutants,
)
from .rust_crates import missing
from .rust_mutants import mutants, shape

CORPUS = Path(__file__).parents[2] / "trainer" / "kan_trainer" / "finetune" / "rust_tests"
FILES = [read(path) for path in find([CORPUS])]
STRATA = sorted({file.stratum for file in FILES})
HALF_TESTED = """//! family: limits
//! split: train

/// The smaller of both.
pub fn smaller(a: u32, b: u32) -> u32 {
    if a < b {
        a
    } else {
        b
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_may_be_smaller() {
        assert_eq!(smaller(1, 2), 1);
    }

    #[test]
    fn both_may_be_equal() {
        assert_eq!(smaller(3, 3), 3);
    }
}
"""

needs_rust = pytest.mark.skipif(missing() is not None, reason=str(missing()))


def of(stratum: str) -> list[RustFile]:
    return [file for file in FILES if file.stratum == stratum]


@pytest.fixture
def half_tested(tmp_path: Path) -> Path:
    path = tmp_path / "std" / "smaller.rs"
    path.parent.mkdir()
    path.write_text(HALF_TESTED)
    return path


def test_there_are_four_strata() -> None:
    assert STRATA == ["async", "errors", "generics", "std"]


@pytest.mark.parametrize("stratum", STRATA)
def test_a_stratum_has_a_hundred_files_of_which_25_are_kept_for_the_test(stratum: str) -> None:
    assert Counter(file.split for file in of(stratum)) == {"train": 67, "validation": 8, "test": 25}


@pytest.mark.parametrize("stratum", STRATA)
def test_nearly_half_of_the_files_of_a_stratum_have_a_property_test(stratum: str) -> None:
    assert sum(file.has_properties for file in of(stratum)) >= 45


def test_every_file_has_the_form_and_the_size_that_it_should_have() -> None:
    assert [problem for file in FILES for problem in form_problems(file)] == []


def test_a_family_is_in_one_split_only() -> None:
    splits = defaultdict(set)
    for file in FILES:
        splits[file.family].add(file.split)
    assert {family: found for family, found in splits.items() if len(found) > 1} == {}


def test_no_two_functions_are_twins() -> None:
    shapes = {f"{file.stratum}/{file.path.name}": shape(file.function) for file in FILES}
    alike = [
        (a, b) for a, b in combinations(shapes, 2) if len(shapes[a] & shapes[b]) > 0.8 * len(shapes[a] | shapes[b])
    ]
    assert alike == []


@needs_rust
@pytest.mark.parametrize("stratum", STRATA)
def test_all_tests_of_a_stratum_are_formatted_compile_without_warnings_and_pass(stratum: str) -> None:
    assert format_problems(of(stratum)) == ""
    assert run_problems(of(stratum)) == ""


@needs_rust
@pytest.mark.parametrize("stratum", STRATA)
def test_the_tests_find_most_of_the_faults_that_are_planted(stratum: str) -> None:
    sample = random.Random(5).sample(of(stratum), 12)
    with ThreadPoolExecutor(2) as pool:
        trials = list(pool.map(lambda file: try_mutants(file, choose_mutants(file, 1)), sample))
    viable = sum(trial.viable for trial in trials)
    assert viable >= 6
    assert sum(trial.killed for trial in trials) >= 0.8 * viable, [trial.survivors for trial in trials]


@needs_rust
def test_a_fault_that_no_test_finds_is_told_with_its_place(half_tested: Path) -> None:
    file = read(half_tested)
    trial = try_mutants(file, mutants(file.function))
    assert [(mutant.line, mutant.change) for mutant in trial.survivors] == [(3, "< → <=")]
    assert trial.killed == 3


@needs_rust
@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("smaller(1, 2), 1", "smaller(1, 2), 2", "std_smaller::tests::the_first"),
        ("    if a <", "    let c = 1;\n    if a <", "unused"),
    ],
    ids=["a test fails", "the compiler warns"],
)
def test_a_file_that_is_wrong_is_named(half_tested: Path, right: str, wrong: str, told: str) -> None:
    half_tested.write_text(HALF_TESTED.replace(right, wrong))
    said = run_problems([read(half_tested)])
    assert told in said
    assert "std_smaller" in said


def test_what_is_no_file_of_the_corpus_is_refused(half_tested: Path) -> None:
    half_tested.write_text(HALF_TESTED.replace("split: train", "split: some"))
    with pytest.raises(ValueError, match="split"):
        read(half_tested)
