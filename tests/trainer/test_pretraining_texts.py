"""What is learned from: in a stated order, each text once, never what was held out, whatever lies in the folders."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kan_shared.errors import UsageError
from kan_trainer.finetune.pretraining import texts as module
from kan_trainer.finetune.pretraining.texts import OURS, found_packages, read_texts

PLENTY = 1_000_000


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing but what a test puts there: `ours`, and cargo's sources."""
    monkeypatch.setattr(module, "OURS", tmp_path / "ours")
    monkeypatch.setattr(module, "_registries", lambda: iter([tmp_path / "first", tmp_path / "second"]))
    return tmp_path


def test_our_corpus_comes_first_and_then_a_file_of_each_package_in_turn(machine: Path) -> None:
    write(machine / "ours" / "std" / "sum.rs", "//! family: sums\n//! split: train\n\nfn sum() {}\n")
    for name in ("a/1.rs", "a/2.rs", "a/sub/3.rs", "b/lib.rs"):
        write(machine / "first" / name, f"// {name}")
    assert read_texts("auto", PLENTY).documents == (
        "fn sum() {}",
        "// a/1.rs",
        "// b/lib.rs",
        "// a/2.rs",
        "// a/sub/3.rs",
    )


def test_of_a_package_that_is_there_twice_the_first_copy_is_read(machine: Path) -> None:
    write(machine / "first" / "rand-0.8" / "lib.rs", "// the first")
    write(machine / "second" / "rand-0.8" / "lib.rs", "// the second")
    assert read_texts("auto", PLENTY).documents == ("// the first",)


@pytest.mark.parametrize("split", ["validation", "test", "tests", ""])
def test_what_was_held_out_is_passed_over_wherever_it_is_met(machine: Path, split: str) -> None:
    held_out = f"//! family: sums\n//! split: {split}\n\nfn secret() {{}}\n"
    write(machine / "ours" / "std" / "sum.rs", held_out)
    write(machine / "first" / "copy" / "sum.rs", held_out)
    write(machine / "first" / "copy" / "other.rs", "fn other() {}")
    assert read_texts("auto", PLENTY).documents == ("fn other() {}",)
    assert read_texts(str(machine / "ours" / ".."), PLENTY).documents == ("fn other() {}",)


def test_of_the_shipped_corpus_nothing_is_read_that_was_held_out() -> None:
    if not OURS.is_dir():
        pytest.skip("the corpus is not there yet")
    trained_on = set(read_texts(str(OURS), PLENTY * 10).documents)
    files = [path.read_text() for path in OURS.rglob("*.rs")]
    held_out = [file for file in files if "//! split: train" not in file.splitlines()[:2]]
    assert len(trained_on) == len(files) - len(held_out)
    assert not [file for file in held_out if file.split("\n", 2)[2].strip() in trained_on]


def test_files_that_are_no_text_are_passed_over(tmp_path: Path) -> None:
    package = tmp_path / "package"
    write(package / "good.rs", "fn good() {}\n")
    write(package / "again.rs", "fn good() {}\n")
    write(package / "latin.rs", b"// caf\xe9\n")
    write(package / "binary.rs", b"fn\0main")
    write(package / "empty.rs", " \n")
    write(package / "table.rs", "0,\n" * 40_000)
    write(package / "notes.md", "no source")
    os.mkfifo(package / "fifo.rs")
    (package / "folder.rs").mkdir()
    (package / "loop").symlink_to(package)
    (package / "link.rs").symlink_to(package / "nowhere.rs")
    texts = read_texts(str(tmp_path), PLENTY)
    assert texts.documents == ("fn good() {}",)
    assert texts.passed_over == 7


def test_there_is_never_more_text_than_asked_for(tmp_path: Path) -> None:
    for number in range(10):
        write(tmp_path / "package" / f"{number}.rs", f"// {number}".ljust(100, "x"))
    texts = read_texts(str(tmp_path), 350)
    assert (len(texts.documents), texts.bytes) == (3, 300)


def test_the_same_files_have_the_same_hash_and_other_ones_another(tmp_path: Path) -> None:
    source = write(tmp_path / "package" / "lib.rs", "fn one() {}")
    first = read_texts(str(tmp_path), PLENTY).sha256
    assert read_texts(str(tmp_path), PLENTY).sha256 == first
    source.write_text("fn two() {}")
    assert read_texts(str(tmp_path), PLENTY).sha256 != first


def test_a_file_is_read_whatever_its_kind_and_cut_between_characters(tmp_path: Path) -> None:
    file = write(tmp_path / "prose.txt", "größer")
    assert read_texts(str(file), PLENTY).documents == ("größer",)
    assert read_texts(str(file), 4).documents == ("gr",)  # byte 4 is the first half of ö


@pytest.mark.parametrize(
    ("content", "complaint"), [(b"\xff\xfe", "no text in UTF-8: byte 0"), (b" \n", "is empty: name a file or a folder")]
)
def test_a_file_without_text_is_refused(tmp_path: Path, content: bytes, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        read_texts(str(write(tmp_path / "file", content)), PLENTY)


def test_where_there_is_nothing_to_read_one_sentence_says_so(tmp_path: Path, machine: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(UsageError, match="no Rust source to learn from in this machine"):
        read_texts("auto", PLENTY)
    with pytest.raises(UsageError, match="no Rust source to learn from in"):
        read_texts(str(tmp_path), PLENTY)
    for name in ("fifo", "nowhere"):
        with pytest.raises(UsageError, match=f"{name} cannot be read"):
            read_texts(str(tmp_path / name), PLENTY)


def test_sources_are_found_where_cargo_and_rustup_are_told_to_keep_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARGO_HOME", str(tmp_path / "cargo"))
    monkeypatch.setenv("RUSTUP_HOME", str(tmp_path / "rustup"))
    write(tmp_path / "cargo/registry/src/index-1/ours_alone-0.1.0/Cargo.toml", "")
    write(tmp_path / "rustup/toolchains/stable/lib/rustlib/src/rust/library/ours_core/src/lib.rs", "")
    assert {"ours_alone-0.1.0", "ours_core"} <= {package.name for package in found_packages()}
