"""Rust text to learn from: our corpus's train split, what is found on this machine, or what the user names.

The order is that of names, so that the same files give the same text: our corpus first, then one file of each package
in turn, so that no package, however large, crowds the others out. What was held out of our corpus is passed over
wherever it is met.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Final

from msgspec import Struct

from kan_shared.errors import UsageError
from kan_shared.reading import open_regular
from kan_trainer.config.pretrain import AUTO, PretrainConfig

#: The shipped corpus.
OURS: Final = Path(__file__).parents[1] / "rust_tests"
#: Larger sources are tables and bindings that a program wrote.
_LARGEST_SOURCE: Final = 100_000
_HEADER: Final = "//! "


class Texts(Struct, frozen=True):
    """What a tokenizer and a model learn from.

    Attributes:
        documents: A text for each file.
        bytes: Their length in UTF-8.
        passed_over: Files that were no use: held out, not UTF-8, too large, empty, met before, or no files at all.
        sha256: Of the documents, in their order.
    """

    documents: tuple[str, ...]
    bytes: int
    passed_over: int
    sha256: str


def texts_of(config: PretrainConfig) -> Texts:
    """The texts that `config` asks for.

    Raises:
        UsageError: There are none.
    """
    return read_texts(config.text.text, round(config.text.max_megabytes * 1e6))


def read_texts(text: str, max_bytes: int) -> Texts:
    """The first `max_bytes` of `text`: `auto`, a folder with Rust sources, or a file.

    Raises:
        UsageError: There is no text there.
    """
    if text == AUTO:
        return _gathered(chain(_sources(OURS), _in_turn(found_packages())), max_bytes, "this machine")
    path = Path(text)
    if path.is_dir():
        return _gathered(_in_turn(packages_in(path)), max_bytes, text)
    return _one_file(path, max_bytes)


def found_packages() -> list[Path]:
    """The packages whose sources are on this machine; of several copies of one the first."""
    places = (packages_in(folder) for folder in _registries())
    named = {package.name: package for package in reversed([*chain.from_iterable(places)])}
    return [named[name] for name in sorted(named)]


def packages_in(folder: Path) -> list[Path]:
    """The folders in `folder`, by name; `folder` itself, where it is a package."""
    try:
        inside = sorted(folder.iterdir())
    except OSError:
        return []
    if any(entry.suffix == ".rs" or entry.name == "Cargo.toml" for entry in inside):
        return [folder]
    return [entry for entry in inside if entry.is_dir() and not entry.is_symlink()]


def _registries() -> Iterator[Path]:
    """Where toolchains, cargo and Debian keep sources."""
    home = Path.home()
    rustup = Path(os.environ.get("RUSTUP_HOME", home / ".rustup"))
    cargo = Path(os.environ.get("CARGO_HOME", home / ".cargo"))
    for toolchains in ([Path("/usr")], packages_in(rustup / "toolchains")):
        yield from (toolchain / "lib" / "rustlib" / "src" / "rust" / "library" for toolchain in toolchains)
    yield from packages_in(cargo / "registry" / "src")
    yield Path("/usr/share/cargo/registry")


def _in_turn(packages: Iterable[Path]) -> Iterator[Path]:
    """The first source of each package, then the second of each that has one, and so on."""
    waiting = [_sources(package) for package in packages]
    while waiting:
        remaining = []
        for sources in waiting:
            if source := next(sources, None):
                yield source
                remaining.append(sources)
        waiting = remaining


def _sources(folder: Path) -> Iterator[Path]:
    """Rust sources under `folder`, by name. Links are not followed: they may lead round in circles."""
    for at, folders, files in os.walk(folder):
        folders.sort()
        yield from (Path(at, name) for name in sorted(files) if name.endswith(".rs"))


def _gathered(sources: Iterator[Path], max_bytes: int, where: str) -> Texts:
    """The texts of `sources`, each once, until there are `max_bytes`."""
    documents: dict[str, int] = {}
    total = passed_over = 0
    for source in sources:
        document = _document(source)
        if document is None or document in documents:
            passed_over += 1
            continue
        size = len(document.encode())
        if total + size > max_bytes:
            break
        documents[document] = size
        total += size
    if not documents:
        raise UsageError(f"there is no Rust source to learn from in {where}: name a file or a folder with --text.")
    return _texts(list(documents), total, passed_over)


def _document(source: Path) -> str | None:
    """The text of `source`; nothing where it cannot be used, or is held out."""
    if source.is_symlink():
        return None
    try:
        with open_regular(source) as file:
            content = file.read(_LARGEST_SOURCE + 1)
        text = content.decode()
    except (OSError, UnicodeDecodeError):
        return None
    if len(content) > _LARGEST_SOURCE or "\0" in text:
        return None
    return _without_header(text)


def _without_header(text: str) -> str | None:
    """`text` without the header that a file of our corpus has; nothing where that holds it out."""
    lines = text.splitlines(keepends=True)
    header = [line for line in lines[:2] if line.startswith(_HEADER)]
    fields = dict(line.removeprefix(_HEADER).partition(":")[::2] for line in header)
    if "split" not in fields:
        return text.strip() or None
    if fields["split"].strip() != "train":
        return None
    return "".join(lines[len(header) :]).strip() or None


def _one_file(path: Path, max_bytes: int) -> Texts:
    """The beginning of a file that the user names, whatever its kind."""
    try:
        with open_regular(path) as file:
            content = file.read(max_bytes)
    except OSError as error:
        raise UsageError(f"the text {path} cannot be read ({error.strerror}): name a file or a folder.") from error
    try:
        # A character may be cut in two by the bound; elsewhere it would be no text.
        whole = len(content) < max_bytes
        text = content.decode() if whole else content[: _last_boundary(content)].decode()
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is no text in UTF-8: byte {error.start} is none of a character.") from error
    if not text.strip():
        raise UsageError(f"{path} is empty: name a file or a folder with text.")
    return _texts([text], len(text.encode()), 0)


def _last_boundary(content: bytes) -> int:
    """Where the last character of `content` begins, which may not be whole."""
    end = len(content) - 1
    while end > 0 and content[end] & 0xC0 == 0x80:
        end -= 1
    return end


def _texts(documents: list[str], total: int, passed_over: int) -> Texts:
    digest = hashlib.sha256()
    for document in documents:
        digest.update(hashlib.sha256(document.encode()).digest())
    return Texts(tuple(documents), total, passed_over, digest.hexdigest())
