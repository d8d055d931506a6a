"""The crates that the tests of the Rust corpus need: proptest and tokio, from Debian's sources, built once and kept.

They are kept in KAN_RUST_CRATES, else under the temporary folder. proptest has no seed there and gets one here, so that
what passes once passes again.
"""

from __future__ import annotations

import fcntl
import functools
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

REGISTRY: Final = Path("/usr/share/cargo/registry")
#: The first with `Option::is_none_or` and `iter::repeat_n`; Debian 12 has 1.63.
OLDEST: Final = (1, 82)
CARGO_CONFIG: Final = """
[source.crates-io]
replace-with = "debian"
[source.debian]
directory = "{registry}"
"""
CARGO_PACKAGE: Final = """
[package]
name = "crates"
version = "0.0.0"
edition = "2021"
[dependencies]
proptest = "1"
tokio = { version = "1", features = ["full", "test-util"] }
[profile.dev]
opt-level = 1
debug = false
"""


@functools.cache
def missing() -> str | None:
    """Why Rust tests cannot run here; None where they can."""
    tools = [tool for tool in ("rustc", "cargo", "rustfmt", "clippy-driver") if shutil.which(tool) is None]
    if tools:
        return f"no {', '.join(tools)}: install Rust with rustup"
    if _version() < OLDEST:
        return "rustc is older than 1.82: install Rust with rustup"
    crates = [name for name in ("proptest", "tokio") if not any(REGISTRY.glob(f"{name}-1.*"))]
    return f"no {', '.join(crates)} under {REGISTRY}: make rust" if crates else None


def _version() -> tuple[int, ...]:
    said = subprocess.run(["rustc", "--version"], capture_output=True, text=True).stdout
    return tuple(map(int, re.findall(r"\d+", said)[:3]))


def build_crates() -> Path:
    """The folder of the compiled crates: proptest, whose seed is made constant, and tokio."""
    kept = os.environ.get("KAN_RUST_CRATES") or Path(tempfile.gettempdir()) / f"kan-rust-crates-{os.getuid()}"
    folder = Path(kept) / ".".join(map(str, _version()))
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / "lock").open("w") as lock:  # others wait and find what the first has built
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            with tempfile.TemporaryDirectory(dir=folder.parent) as work:
                _build(Path(work))
                os.rename(Path(work) / "target/debug/deps", folder)
    return folder


def _build(work: Path) -> None:
    registry = work / "registry"
    registry.mkdir()
    for crate in REGISTRY.iterdir():
        if crate.name.startswith("proptest-"):
            shutil.copytree(crate, registry / crate.name)
        else:
            (registry / crate.name).symlink_to(crate)
    for source in registry.glob("proptest-*/src/test_runner/rng.rs"):
        source.write_text(source.read_text().replace("from_entropy()", "seed_from_u64(20)"))
    files = {
        "src/lib.rs": "",
        ".cargo/config.toml": CARGO_CONFIG.format(registry=registry),
        "Cargo.toml": CARGO_PACKAGE,
    }
    for name, text in files.items():
        (work / name).parent.mkdir(exist_ok=True)
        (work / name).write_text(text)
    environment = {**os.environ, "CARGO_TARGET_DIR": str(work / "target")}
    subprocess.run(["cargo", "build", "--offline", "--quiet"], cwd=work, env=environment, check=True)


@functools.cache
def externs() -> list[str]:
    """What rustc needs to know to find the crates."""
    folder = build_crates()
    named = [f"{name}={next(folder.glob(f'lib{name}-*.rlib'))}" for name in ("proptest", "tokio")]
    return ["-L", f"dependency={folder}", *(part for name in named for part in ("--extern", name))]
