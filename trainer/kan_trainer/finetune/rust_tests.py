"""The corpus that is shipped: files of Rust, each a function and the tests of it, under `rust_tests/<stratum>/`.

A file begins with `//! family: …` and `//! split: …`. What precedes its test module is the row's input, what is inside
of the module, but for the `use` lines that the evaluator puts there again, its output. A family is in one split only,
as a crate of a corpus from elsewhere is.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Final

from kan_shared.errors import UsageError
from kan_trainer.finetune.corpus.row import Metadata, Row

#: What `--dataset` calls it.
TITLE: Final = "rust-tests"
#: Where it lies.
FOLDER: Final = Path(__file__).with_suffix("")

_FILE: Final = re.compile(
    r"//! family: (?P<family>\S+)\n//! split: (?P<split>train|validation|test)\n"
    r"(?P<input>.*?)^\#\[cfg\(test\)\]\nmod tests \{\n(?P<output>.*)^\}\s*\Z",
    re.DOTALL | re.MULTILINE,
)
_USES: Final = re.compile(r"^ *use (?:super|proptest::prelude)::\*;\n", re.MULTILINE)
_GENERICS: Final = re.compile(
    r"\b(?:fn|struct|enum|trait) \w+<[^>]*\b[A-Z]\w*|\bimpl<[^>]*\b[A-Z]|\bimpl [A-Z]\w*(?:<|\()"
)
_LIFETIMES: Final = re.compile(r"[<&]'[a-z]\w*")


def shipped_rows(folder: Path = FOLDER) -> dict[str, list[Row]]:
    """The rows of every split, in the order of their files' names.

    Raises:
        UsageError: There are no files, or one is not made as they are.
    """
    rows: dict[str, list[Row]] = {}
    for path in sorted(folder.glob("*/*.rs")):
        split, row = read_rust(path)
        rows.setdefault(split, []).append(row)
    if not rows:
        raise UsageError(f"The corpus {TITLE} is not installed: there is no file of Rust under {folder}.")
    return rows


def read_rust(path: Path) -> tuple[str, Row]:
    """The split of a file, and its row.

    Raises:
        UsageError: It is not made as the files of this corpus are.
    """
    try:
        found = _FILE.fullmatch(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read ({error}).") from error
    if not found:
        raise UsageError(
            f"{path} is no file of the corpus: it begins with its family and split and ends with its tests."
        )
    function = found["input"].strip()
    tests = textwrap.dedent(_USES.sub("", found["output"])).strip()
    metadata = Metadata(
        crate=found["family"],
        has_generics=bool(_GENERICS.search(function)),
        has_lifetimes=bool(_LIFETIMES.search(function)),
        stratum=path.parent.name,
    )
    return found["split"], Row(function, tests, metadata)
