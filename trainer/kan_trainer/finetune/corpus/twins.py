"""Functions that are the same, or nearly: what a model has seen of one, it knows of the other.

Near-twins are functions whose shingles (runs of five tokens, identifiers and literals made alike, comments left out)
have a Jaccard similarity of 0.8 or more. The join is exact, after Bayardo, Ma and Srikant, "Scaling up all pairs
similarity search", 2007: two sets that are so similar share one of their rarest members, so only these are indexed.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from math import ceil
from typing import Final

from kan_trainer.finetune.corpus.groups import Groups
from kan_trainer.finetune.corpus.row import Row

#: From this similarity on two functions are twins.
SIMILARITY: Final = 0.8
#: Below so many shingles a function is a getter or the like, which all crates have and which gives nothing away.
SMALLEST: Final = 12

_TOKENS: Final = re.compile(
    r"""//[^\n]* | /\*.*?\*/                                        # comments
    | (?P<text>b?r(\#*)".*?"\2 | b?"(?:\\.|[^"\\])*" | b?'(?:\\.[^']*|[^'\\])')
    | (?P<number>\d\w*(?:\.\d\w*)?) | (?P<word>'?\w+) | (?P<mark>[^\s\w])""",
    re.VERBOSE | re.DOTALL,
)
_KEYWORDS: Final = re.compile(
    "as|async|await|break|const|continue|dyn|else|enum|extern|false|fn|for|if|impl|in|let|loop|macro_rules|match|mod|move"
    "|mut|pub|ref|return|self|Self|static|struct|super|trait|true|type|union|unsafe|use|where|while"
)


def without_duplicates(rows: Sequence[Row], seen: set[tuple[str, str]]) -> list[Row]:
    """`rows` but for those that are in `seen`, or come twice, whatever their blank space; `seen` knows them now."""
    kept = []
    for row in rows:
        key = (" ".join(row.input.split()), " ".join(row.output.split()))
        if key not in seen:
            seen.add(key)
            kept.append(row)
    return kept


def join_twins(functions: Sequence[str], groups: Groups) -> None:
    """Joins near-twins among `functions`, and theirs, into one group."""
    first: dict[frozenset[tuple[str, ...]], int] = {}
    for item, function in enumerate(functions):
        shingles = shingles_of(function)
        if len(shingles) >= SMALLEST:
            groups.join(item, first.setdefault(shingles, item))
    counts = Counter(shingle for shingles in first for shingle in shingles)
    rank = {shingle: number for number, (shingle, _) in enumerate(reversed(counts.most_common()))}
    ranked = sorted((sorted(rank[shingle] for shingle in shingles), item) for shingles, item in first.items())
    _join_similar(sorted(ranked, key=lambda entry: len(entry[0])), groups)


def _join_similar(entries: list[tuple[list[int], int]], groups: Groups) -> None:
    """`entries`: shingles, the rarest first, and their item; the smallest sets first."""
    sets = [set(shingles) for shingles, _ in entries]
    index: dict[int, list[int]] = defaultdict(list)
    for position, (shingles, item) in enumerate(entries):
        size = len(shingles)
        smallest = ceil(SIMILARITY * size)
        prefix = shingles[: size - smallest + 1]
        for other in {other for shingle in prefix for other in index[shingle]}:
            if len(sets[other]) < smallest or groups.of(item) == groups.of(entries[other][1]):
                continue
            common = len(sets[position] & sets[other])
            if common >= SIMILARITY * (size + len(sets[other]) - common):
                groups.join(item, entries[other][1])
        for shingle in prefix:
            index[shingle].append(position)


def shingles_of(function: str) -> frozenset[tuple[str, ...]]:
    """Runs of five tokens, with every name, text and number made alike."""
    tokens = [token for match in _TOKENS.finditer(function) if (token := _token(match))]
    return frozenset(zip(tokens, tokens[1:], tokens[2:], tokens[3:], tokens[4:], strict=False))


def _token(match: re.Match[str]) -> str:
    kind = match.lastgroup
    if kind == "word":
        word = match["word"]
        return word if _KEYWORDS.fullmatch(word) else "'" if word[0] == "'" else "name"
    return match.group() if kind == "mark" else kind or ""
