"""Rows and files of rows, as the tests of the corpus need them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kan_trainer.finetune.corpus.row import Metadata, Row

#: Functions that are no twins of each other.
BODIES = (
    """\
    if n < 2 {
        return K;
    }
    for i in 2..n {
        if n % i == 0 {
            return 0;
        }
    }
    1""",
    """\
    let mut sum = K;
    while n > 0 {
        sum += n % 10;
        n /= 10;
    }
    sum""",
    """\
    match n {
        0 => K,
        1 | 2 => 7,
        other if other > 9 => other - 1,
        _ => n,
    }""",
    """\
    values.iter().filter(|&&value| value > n).map(|value| value * K).sum()""",
    """\
    let mut best = None;
    for &value in values {
        best = best.max(Some(value));
    }
    best.unwrap_or(K)""",
)


def function(name: str, kind: int = 0, k: int = 1) -> str:
    """A function; of the same kind all are near-twins of each other."""
    return f"pub fn {name}(mut n: u64, values: &[u64]) -> u64 {{\n{BODIES[kind].replace('K', str(k))}\n}}"


def row(name: str, crate: str = "", kind: int = 0) -> Row:
    return Row(function(name, kind), f"#[test]\nfn tests_{name}() {{\n    {name}(1, &[]);\n}}", Metadata(crate=crate))


def distinct(name: str, crate: str = "") -> Row:
    """A function that is nobody's twin: too small to be one."""
    return Row(f"fn {name}() {{}}", f"#[test]\nfn t() {{\n    {name}();\n}}", Metadata(crate=crate))


def jsonl(path: Path, rows: Sequence[Row | dict[str, Any] | str | bytes]) -> Path:
    """A file of rows: as they are, or as text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(_line(one) + b"\n" for one in rows))
    return path


def _line(one: Row | dict[str, Any] | str | bytes) -> bytes:
    if isinstance(one, Row):
        one = {"input": one.input, "output": one.output, "metadata": {"crate": one.metadata.crate}}
    if isinstance(one, dict):
        one = json.dumps(one)
    return one.encode() if isinstance(one, str) else one
