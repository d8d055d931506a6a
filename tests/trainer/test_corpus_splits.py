"""Splits that leak nothing: no crate and no near-twin is on both sides, and the same seed gives the same split."""

from __future__ import annotations

from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kan_shared.errors import UsageError
from kan_trainer.finetune.corpus.corpus import Corpus, arrange
from kan_trainer.finetune.corpus.groups import Groups
from kan_trainer.finetune.corpus.row import Row
from kan_trainer.finetune.corpus.splits import groups_of, hold_out
from kan_trainer.finetune.corpus.twins import SIMILARITY, SMALLEST, join_twins, shingles_of

from .corpus_files import BODIES, distinct, function, row

sizes = st.lists(st.integers(1, 12), min_size=3, max_size=10)


def arranged(rows: list[Row], *, seed: int = 7, validation: float = 0.1, test: float = 0.1) -> Corpus:
    return arrange({"train": rows}, title="mine", seed=seed, validation_fraction=validation, test_fraction=test)


def grouped(sizes: list[int]) -> list[list[int]]:
    """Groups of these sizes."""
    items = iter(range(sum(sizes)))
    return [[next(items) for _ in range(size)] for size in sizes]


@given(sizes=sizes, seed=st.integers(0, 99), data=st.data())
def test_groups_are_held_out_whole_the_largest_never_and_the_same_for_a_seed(
    sizes: list[int], seed: int, data: st.DataObject
) -> None:
    groups = grouped(sizes)
    shares = data.draw(st.lists(st.integers(1, sum(sizes)), min_size=1, max_size=2))
    held = hold_out(groups, shares, seed)
    assert held == hold_out(groups, shares, seed)
    assert all(held) and len(held) == len(shares)
    assert len(set().union(*held)) == sum(map(len, held)) < sum(sizes)
    for group in groups:
        assert sum(not items.isdisjoint(group) for items in held) <= 1
        assert all(items.isdisjoint(group) or items.issuperset(group) for items in held)


@given(sizes=sizes, seed=st.integers(0, 9), data=st.data())
def test_no_other_choice_of_groups_is_nearer_to_the_share(sizes: list[int], seed: int, data: st.DataObject) -> None:
    share = data.draw(st.integers(1, sum(sizes)))
    (held,) = hold_out(grouped(sizes), [share], seed)
    rest = sorted(sizes, reverse=True)[1:]
    sums = {sum(chosen) for count in range(1, len(rest) + 1) for chosen in combinations(rest, count)}
    assert abs(len(held) - share) == min(abs(total - share) for total in sums)


def test_another_seed_gives_another_split() -> None:
    rows = [distinct(f"f{number}", f"crate{number % 40}") for number in range(200)]
    splits = {arranged(rows, seed=seed).test for seed in range(5)}
    assert len(splits) == 5


def test_a_crate_is_on_one_side_and_the_fractions_are_met() -> None:
    rows = [distinct(f"f{number}", f"crate{number % 40}") for number in range(200)]
    corpus = arranged(rows, validation=0.05, test=0.2)
    crates = [{row.metadata.crate for row in rows} for rows in corpus.splits().values()]
    assert not crates[0] & crates[1] and not crates[0] & crates[2] and not crates[1] & crates[2]
    assert [len(rows) for rows in corpus.splits().values()] == [150, 10, 40]
    assert sorted(row.input for rows in corpus.splits().values() for row in rows) == sorted(row.input for row in rows)


def test_near_twins_of_several_crates_are_on_one_side() -> None:
    rows = [row(f"f{number}", f"crate{number}", number % len(BODIES)) for number in range(50)]
    for seed in range(5):
        corpus = arranged(rows, seed=seed, validation=0.2, test=0.2)
        kinds = [{rows.index(row) % len(BODIES) for row in split} for split in corpus.splits().values()]
        assert [len(kind) for kind in kinds] == [3, 1, 1]
        assert not kinds[0] & kinds[1] and not kinds[0] & kinds[2] and not kinds[1] & kinds[2]
    assert corpus.findings.twins == 50
    assert corpus.findings.leaks == corpus.findings.straddling_crates == 0


def test_renamed_copies_and_other_constants_are_twins_and_other_code_is_not() -> None:
    copies = [function("is_prime"), function("v7__check", k=900), function("x").replace(" n", " candidate // hm\n")]
    others = [function("is_prime", kind) for kind in range(1, len(BODIES))]
    groups = Groups(len(copies) + len(others))
    join_twins([*copies, *others], groups)
    assert groups.members() == [[0, 1, 2], *([number] for number in range(3, 3 + len(others)))]


def test_functions_that_are_exactly_as_similar_as_twins_must_be_are_twins() -> None:
    one = "fn if for let match + - * / < > & | = ( )"
    other = one + " { } ;"
    assert (len(shingles_of(one)), len(shingles_of(other))) == (12, 15)
    groups = Groups(2)
    join_twins([one, other], groups)
    assert groups.members() == [[0, 1]]


def test_getters_which_all_crates_have_link_none() -> None:
    rows = [
        Row(f"pub fn {name}(&self) -> usize {{\n    self.{name}\n}}", "t", row("x", name).metadata) for name in "abc"
    ]
    assert len(groups_of(rows)) == 3


@given(seed=st.integers(0, 10_000))
def test_the_join_finds_exactly_the_pairs_that_are_similar(seed: int) -> None:
    random = Random(seed)
    base = [random.choice("abc+-*(){};&|<>") for _ in range(60)]
    texts = []
    for _ in range(12):
        changed = list(base)
        for _ in range(random.randrange(5)):
            changed[random.randrange(60)] = random.choice("+-*;&|")
        texts.append(" ".join(changed))
    found, expected = Groups(len(texts)), Groups(len(texts))
    join_twins(texts, found)
    shingles = [shingles_of(text) for text in texts]
    for one, other in combinations(range(len(texts)), 2):
        common, either = shingles[one] & shingles[other], shingles[one] | shingles[other]
        if min(len(shingles[one]), len(shingles[other])) >= SMALLEST and len(common) >= SIMILARITY * len(either):
            expected.join(one, other)
    assert found.members() == expected.members()


def test_what_differs_in_blank_space_alone_is_a_duplicate() -> None:
    rows = [distinct("a"), Row("fn  a()\n{}", distinct("a").output), distinct("b"), distinct("c"), distinct("b")]
    corpus = arranged(rows, validation=0, test=0)
    assert corpus.train == (rows[0], rows[2], rows[3])
    assert corpus.findings.duplicates == 2


def test_a_duplicate_of_a_held_out_row_goes_from_train_and_a_leaking_twin_is_told() -> None:
    given_splits = {
        "train": [distinct("a"), distinct("b", "both"), row("f", "one")],
        "validation": [distinct("c", "both")],
        "test": [distinct("a"), row("g", "two")],
    }
    corpus = arrange(given_splits, title="mine", seed=0, validation_fraction=0.5, test_fraction=0.4)
    assert [len(rows) for rows in corpus.splits().values()] == [2, 1, 2]
    assert (corpus.findings.duplicates, corpus.findings.leaks, corpus.findings.straddling_crates) == (1, 1, 1)


def test_the_hash_is_that_of_the_rows_and_their_split() -> None:
    rows = [distinct(f"f{number}") for number in range(20)]
    assert arranged(rows).sha256 == arranged(rows).sha256
    others = [arranged(rows, seed=8), arranged(rows[:-1]), arranged([*rows[:-1], distinct("g")])]
    assert len({corpus.sha256 for corpus in [arranged(rows), *others]}) == 4


@pytest.mark.parametrize("rows", [[distinct("a", "one"), distinct("b", "one")], [row("a"), row("b"), row("c")]])
def test_rows_that_must_stay_together_cannot_be_split(rows: list[Row]) -> None:
    with pytest.raises(UsageError, match=r"cannot be split into 3: .* 1 group that must stay together"):
        arranged(rows)
    assert arranged(rows, validation=0, test=0).train == tuple(rows)


def test_a_split_that_is_all_duplicates_is_empty() -> None:
    both = {"train": [distinct("a")], "test": [distinct("a")]}
    with pytest.raises(UsageError, match="The train split of mine is empty"):
        arrange(both, title="mine", seed=0, validation_fraction=0, test_fraction=0)


@pytest.mark.parametrize(("validation", "test"), [(-0.1, 0), (1, 0), (0.5, 0.5), (float("nan"), 0)])
def test_fractions_out_of_bounds_are_refused(validation: float, test: float) -> None:
    with pytest.raises(UsageError, match="fraction"):
        arranged([distinct("a"), distinct("b"), distinct("c")], validation=validation, test=test)


def test_ten_thousand_rows_are_no_matter_of_fifty_million_pairs() -> None:
    random = Random(0)
    bodies = [
        " ".join(random.choice(["x", "=", "+", "if", "(", ")", "for", "&&", "<", "7", ";"]) for _ in range(90))
        for _ in range(2000)
    ]
    rows = [
        Row(f"fn f{n}() {{ {bodies[n % 2000]} }}", f"t{n}", row("x", f"crate{n % 2000 // 4}").metadata)
        for n in range(10_000)
    ]
    corpus = arranged(rows)
    assert corpus.findings.twins == 10_000
    assert [len(rows) for rows in corpus.splits().values()] == [8000, 1000, 1000]
