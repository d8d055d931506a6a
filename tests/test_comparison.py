"""What `docs/comparison.md` and `docs/kan.md` say of us is proven by tests: each that they name is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TABLES = {name: (ROOT / "docs" / name).read_text("utf-8") for name in ("comparison.md", "kan.md")}
NAMED = sorted(set(re.findall(r"(tests/[\w/]+\.py)::(\w+(?:::\w+)?)", "".join(TABLES.values()))))


def names_in(path: Path) -> set[str]:
    """The tests of a file and of its classes, each as pytest names it."""
    body = ast.parse(path.read_text("utf-8")).body
    classes = [node for node in body if isinstance(node, ast.ClassDef)]
    return _functions(body) | {f"{kind.name}::{name}" for kind in classes for name in _functions(kind.body)}


def _functions(body: list[ast.stmt]) -> set[str]:
    found = (node.name for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {name for name in found if name.startswith("test")}


@pytest.mark.parametrize(("file", "name"), NAMED, ids=["::".join(each) for each in NAMED])
def test_a_test_that_is_named_exists(file: str, name: str) -> None:
    assert (ROOT / file).is_file(), f"there is no {file}"
    assert name in names_in(ROOT / file), f"{file} has no {name}"


@pytest.mark.parametrize(("table", "least"), [("comparison.md", 30), ("kan.md", 20)])
def test_every_row_of_ours_names_its_proof(table: str, least: int) -> None:
    """A row of the tables of proofs is `| feature | what we do | tests |`."""
    _, _, proofs = TABLES[table].partition("## What proves our column")
    rows = [line.strip("| ").split(" | ") for line in proofs.splitlines() if line.startswith("| ")]
    promised = [row for row in rows if len(row) == 3 and row[1].startswith("yes")]
    assert len(promised) > least
    assert [row[0] for row in promised if "tests/" not in row[2]] == []
