"""Where a corpus may lie: a file, a folder, the hub's cache, or within the package."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from kan_shared.errors import UsageError
from kan_trainer.finetune.corpus.row import Row
from kan_trainer.finetune.corpus.sources import Corpus, read_corpus
from kan_trainer.finetune.rust_tests import read_rust, shipped_rows

from .corpus_files import distinct, jsonl

RUST = """\
//! family: searching
//! split: {split}

use std::cmp::Ordering;

/// Finds `target` in the ascending `values`.
pub fn find<'a, T: Ord>(values: &'a [T], target: &T) -> Option<&'a T> {{
    values.iter().find(|value| (*value).cmp(target) == Ordering::Equal)
}}

#[cfg(test)]
mod tests {{
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    #[test]
    fn finds_one() {{
        assert_eq!(find(&[1], &1), Some(&1));
    }}

    proptest! {{
        #[test]
        fn finds_nothing_in_nothing(target in 0u8..9) {{
            prop_assert_eq!(find(&[], &target), None);
        }}
    }}
}}
"""


def read(dataset: object, *, fraction: float = 0.2) -> Corpus:
    return read_corpus(
        str(dataset), seed=1, validation_fraction=fraction, test_fraction=fraction, control_tokens="refuse"
    )


def rows(count: int, prefix: str = "f") -> list[Row]:
    return [distinct(f"{prefix}{number}", f"{prefix}{number}") for number in range(count)]


def lengths(corpus: Corpus) -> list[int]:
    return [len(rows) for rows in corpus.splits().values()]


def test_a_file_is_split_by_its_fractions(tmp_path: Path) -> None:
    corpus = read(jsonl(tmp_path / "mine.jsonl", rows(20)))
    assert (corpus.title, lengths(corpus)) == ("mine.jsonl", [12, 4, 4])


def test_a_folder_is_split_as_its_files_are(tmp_path: Path) -> None:
    for name, count in (("train", 5), ("validation", 2), ("test", 3)):
        jsonl(tmp_path / "mine" / f"{name}.jsonl", rows(count, name))
    corpus = read(tmp_path / "mine")
    assert (corpus.title, lengths(corpus)) == ("mine", [5, 2, 3])
    assert corpus.test == tuple(rows(3, "test"))


def test_what_a_folder_lacks_is_held_out_of_train(tmp_path: Path) -> None:
    jsonl(tmp_path / "train.jsonl", rows(20))
    jsonl(tmp_path / "dev.jsonl", rows(3, "dev"))
    assert lengths(read(tmp_path)) == [16, 3, 4]
    assert lengths(read(tmp_path, fraction=0)) == [20, 3, 0]


def test_a_folder_of_one_file_is_that_file(tmp_path: Path) -> None:
    jsonl(tmp_path / "everything.jsonl", rows(10))
    assert lengths(read(tmp_path)) == [6, 2, 2]


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        ([], "it has no .jsonl file"),
        (["a.jsonl", "b.jsonl"], "of its 2 files none is train.jsonl"),
        (["test.jsonl"], "of its 1 files none is train.jsonl"),
    ],
)
def test_a_folder_of_which_train_is_not_known_is_refused(tmp_path: Path, names: list[str], reason: str) -> None:
    for name in names:
        jsonl(tmp_path / name, rows(3))
    with pytest.raises(UsageError, match=reason):
        read(tmp_path)


def test_a_bad_line_of_any_split_is_named(tmp_path: Path) -> None:
    jsonl(tmp_path / "train.jsonl", rows(3))
    jsonl(tmp_path / "test.jsonl", [*rows(3, "t"), "{}"])
    with pytest.raises(UsageError, match=r"test\.jsonl has 1 line that cannot be used: line 4: no `input`"):
        read(tmp_path)


@pytest.mark.parametrize(
    "name", ["absent.jsonl", "data/train.jsonl", "/no/where", "nothing", "a/b/c", "../x", "a\0b", "~nobody/x"]
)
def test_a_corpus_that_is_not_there_is_refused(home: Path, name: str) -> None:
    with pytest.raises(UsageError, match="There is no corpus "):
        read(name)


def test_a_name_that_no_file_can_have_is_refused(home: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot be read \(File name too long\)"):
        read("a" * 5000)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("input,output\n")
    with pytest.raises(UsageError, match=r"rows\.csv is no corpus: it is to be a \.jsonl file"):
        read(tmp_path / "rows.csv")


HUB = """
import sys
from kan_trainer.finetune.corpus.sources import read_corpus
from kan_shared.errors import KanError
try:
    corpus = read_corpus(sys.argv[1], seed=1, validation_fraction=0.2, test_fraction=0.2, control_tokens="refuse")
except KanError as error:
    print(type(error).__name__, error)
else:
    print(corpus.title, *(len(rows) for rows in corpus.splits().values()))
"""


def ask_hub(dataset: str, cache: Path, **environment: str) -> str:
    """What comes of a data set: in a process of its own, since its library reads but once whether to ask the hub."""
    pytest.importorskip("huggingface_hub")
    environment = {"HF_HUB_CACHE": str(cache), "PYTHONPATH": ":".join(sys.path)} | (
        environment or {"HF_HUB_OFFLINE": "1"}
    )
    command = [sys.executable, "-c", HUB, dataset]
    done = subprocess.run(command, env=environment, cwd=cache, capture_output=True, text=True, timeout=120)
    assert done.stderr == ""
    return done.stdout


def test_a_data_set_of_the_hub_is_read_from_its_cache_and_no_script_of_it_is_run(tmp_path: Path) -> None:
    place = tmp_path / "datasets--somebody--tests"
    commit = "0123456789012345678901234567890123456789"
    snapshot = place / "snapshots" / commit
    for name, count in (("train", 6), ("validation", 2), ("test", 3)):
        blob = jsonl(place / "blobs" / name, rows(count, name))
        (snapshot / "data").mkdir(parents=True, exist_ok=True)
        (snapshot / "data" / f"{name}-00000-of-00001.jsonl").symlink_to(blob)
    (snapshot / "tests.py").write_text("raise SystemExit('run')")
    (place / "refs").mkdir()
    (place / "refs" / "main").write_text(commit)
    assert ask_hub("somebody/tests", tmp_path) == "somebody/tests 6 2 3\n"


class Hub(BaseHTTPRequestHandler):
    """A hub with one data set, of rows and a script; what it was asked for is in `asked`."""

    FILES: ClassVar = {"train.jsonl": 6, "validation.jsonl": 2, "test.jsonl": 3, "tests.py": 1, "README.md": 1}
    COMMIT = "0123456789012345678901234567890123456789"
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        name = self.path.split("?")[0].rsplit("/", 1)[-1]
        if self.path.startswith("/api/datasets/somebody/tests/tree/"):
            self.answer(
                json.dumps([{"type": "file", "path": file, "oid": "0", "size": 9} for file in self.FILES]).encode()
            )
        elif self.path.startswith("/api/datasets/somebody/tests"):
            siblings = [{"rfilename": file} for file in self.FILES]
            self.answer(json.dumps({"id": "somebody/tests", "sha": self.COMMIT, "siblings": siblings}).encode())
        elif self.path.startswith("/datasets/somebody/tests/resolve/") and name in self.FILES:
            self.asked.append(name)
            found = [{"input": row.input, "output": row.output} for row in rows(self.FILES[name], name[:2])]
            self.answer("\n".join(map(json.dumps, found)).encode())
        else:
            self.send_response(404)
            self.send_header("X-Error-Code", "RepoNotFound")
            self.send_header("Content-Length", "0")
            self.end_headers()

    do_HEAD = do_GET  # noqa: N815  the library's name

    def answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", f'"{hashlib.sha1(body).hexdigest()}"')
        self.send_header("X-Repo-Commit", self.COMMIT)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """It says nothing."""


def test_of_a_data_set_of_the_hub_rows_are_fetched_and_nothing_else(tmp_path: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Hub) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        hub = {"HF_ENDPOINT": f"http://127.0.0.1:{server.server_port}", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
        said = [ask_hub(name, tmp_path, **hub) for name in ("somebody/tests", "somebody/nothing")]
        server.shutdown()
    assert said[0] == "somebody/tests 6 2 3\n"
    assert said[1].startswith("UsageError There is no data set somebody/nothing on the hub")
    assert set(Hub.asked) == {"train.jsonl", "validation.jsonl", "test.jsonl"}


def test_a_data_set_that_is_not_in_the_cache_is_out_of_reach(tmp_path: Path) -> None:
    said = ask_hub("somebody/nothing", tmp_path)
    assert said.startswith("OutOfReach somebody/nothing is no file or folder here nor in the hub's cache")
    assert said.count("\n") == 1


def test_a_file_of_rust_is_a_row_by_its_header_and_its_module(tmp_path: Path) -> None:
    path = tmp_path / "generics" / "find.rs"
    path.parent.mkdir()
    path.write_text(RUST.format(split="validation"))
    split, row = read_rust(path)
    assert split == "validation"
    assert (row.metadata.crate, row.metadata.stratum) == ("searching", "generics")
    assert row.metadata.has_generics and row.metadata.has_lifetimes
    assert row.input.startswith("use std::cmp::Ordering;\n\n/// Finds") and row.input.endswith("Equal)\n}")
    assert row.output.startswith("use std::collections::HashMap;\n\n#[test]\nfn finds_one() {\n    assert_eq!")
    assert row.output.endswith("None);\n    }\n}")
    assert "prelude" not in row.output


def test_files_of_rust_are_read_split_by_split_in_the_order_of_their_names(tmp_path: Path) -> None:
    for stratum, name, split in (("std", "b", "train"), ("std", "a", "train"), ("async", "c", "test")):
        (tmp_path / stratum).mkdir(exist_ok=True)
        (tmp_path / stratum / f"{name}.rs").write_text(RUST.format(split=split).replace("find", f"find_{name}"))
    found = shipped_rows(tmp_path)
    assert {split: ["find_a" in row.input for row in rows] for split, rows in found.items()} == {
        "test": [False],
        "train": [True, False],
    }


@pytest.mark.parametrize("cut", ["//! family: searching\n", "//! split: train\n", "#[cfg(test)]\n"])
def test_a_file_of_rust_that_lacks_a_part_is_refused_by_its_name(tmp_path: Path, cut: str) -> None:
    path = tmp_path / "find.rs"
    path.write_text(RUST.format(split="train").replace(cut, ""))
    with pytest.raises(UsageError, match=r"find\.rs is no file of the corpus"):
        read_rust(path)


def test_where_no_file_of_rust_is_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="rust-tests is not installed"):
        shipped_rows(tmp_path)


def test_reading_a_corpus_loads_no_framework(tmp_path: Path) -> None:
    code = "import sys, kan_trainer.finetune.corpus.sources; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    heavy = {"torch", "transformers", "numpy", "pyarrow", "huggingface_hub", "rich"}
    assert sorted(set(done.stdout.split()) & heavy) == []
