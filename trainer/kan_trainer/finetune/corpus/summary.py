"""What a corpus holds, in figures: for a person to look at before anything is trained on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from msgspec import Struct

from kan_shared.text import safe_line
from kan_trainer.finetune.corpus.corpus import SPLITS, Corpus
from kan_trainer.finetune.corpus.row import Row


class Spread(Struct, frozen=True):
    """How a length is spread over rows."""

    least: int
    median: int
    percentile_95: int
    most: int


class SplitSummary(Struct, frozen=True, kw_only=True):
    """One split; what was not measured, or is of no rows, is `None`."""

    rows: int
    crates: int
    strata: dict[str, int]
    #: Share of the rows with a property test.
    property_tests: float | None
    function_characters: Spread | None
    tests_characters: Spread | None
    #: Of the whole conversation.
    tokens: Spread | None
    too_long: int | None


class Summary(Struct, frozen=True):
    """A corpus in figures."""

    title: str
    sha256: str
    splits: dict[str, SplitSummary]
    findings: dict[str, int]
    #: What `too_long` is more than; `None` where no tokenizer was given.
    max_length: int | None


def summarise(
    corpus: Corpus, *, token_counts: Mapping[str, Sequence[int]] | None = None, max_length: int | None = None
) -> Summary:
    """The figures of `corpus`; `token_counts` of the rows of every split where there is a tokenizer."""
    counts = token_counts or {}
    splits = {name: _split(rows, counts.get(name), max_length) for name, rows in corpus.splits().items()}
    return Summary(corpus.title, corpus.sha256, splits, asdict(corpus.findings), max_length if token_counts else None)


def _split(rows: Sequence[Row], tokens: Sequence[int] | None, max_length: int | None) -> SplitSummary:
    return SplitSummary(
        rows=len(rows),
        crates=len({row.metadata.crate for row in rows} - {""}),
        strata=dict(sorted(Counter(row.metadata.stratum for row in rows if row.metadata.stratum).items())),
        property_tests=sum("proptest!" in row.output for row in rows) / len(rows) if rows else None,
        function_characters=_spread([len(row.input) for row in rows]),
        tests_characters=_spread([len(row.output) for row in rows]),
        tokens=_spread(tokens or []),
        too_long=None if tokens is None or max_length is None else sum(count > max_length for count in tokens),
    )


def _spread(lengths: Sequence[int]) -> Spread | None:
    if not lengths:
        return None
    ordered = sorted(lengths)
    last = len(ordered) - 1
    return Spread(ordered[0], ordered[last // 2], ordered[round(0.95 * last)], ordered[last])


def as_text(summary: Summary) -> str:
    """The figures as a table, a column for each split, and a sentence for everything that was found."""
    splits = [summary.splits[name] for name in SPLITS]
    lines = [
        ["", *SPLITS],
        ["rows", *(str(split.rows) for split in splits)],
        ["crates", *(str(split.crates) for split in splits)],
        *_strata(splits),
        ["with property tests", *(_share(split.property_tests) for split in splits)],
        ["function, characters", *(_range(split.function_characters) for split in splits)],
        ["tests, characters", *(_range(split.tests_characters) for split in splits)],
    ]
    if summary.max_length is not None:
        lines += [
            ["conversation, tokens", *(_range(split.tokens) for split in splits)],
            [f"over {summary.max_length} tokens", *(_known(split.too_long) for split in splits)],
        ]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    table = ["  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]).rstrip() for line in lines]
    notes = ["", "Lengths: least, median, 95 in 100, most.", *_sentences(summary.findings)]
    return "\n".join([f"{safe_line(summary.title)}  sha256 {summary.sha256}", "", *table, *notes]) + "\n"


def _strata(splits: Sequence[SplitSummary]) -> list[list[str]]:
    names = sorted({name for split in splits for name in split.strata})
    return [[f"stratum {safe_line(name, 40)}", *(str(split.strata.get(name, 0)) for split in splits)] for name in names]


def _sentences(findings: Mapping[str, int]) -> list[str]:
    told = {
        "duplicates": "Rows left out, since they are another one but for blank space",
        "twins": "Rows with a near-twin, the same function but for names and constants",
        "leaks": "Rows of train with a near-twin in validation or test, where the files put them",
        "straddling_crates": "Crates in several splits, where the files put them",
        "escaped": "Rows with control tokens, which were escaped",
    }
    return [f"{text}: {findings[name]}." for name, text in told.items() if findings[name]]


def _share(share: float | None) -> str:
    return "—" if share is None else f"{100 * share:.0f} %"


def _range(spread: Spread | None) -> str:
    if spread is None:
        return "—"
    return f"{spread.least} {spread.median} {spread.percentile_95} {spread.most}"


def _known(count: int | None) -> str:
    return "—" if count is None else str(count)
