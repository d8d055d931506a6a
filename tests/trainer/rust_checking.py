"""Is a file of the shipped Rust corpus what it should be? `python tests/trainer/rust_checking.py PATH…` says.

Its form (header, sizes, rustfmt), what clippy finds, whether its tests pass, and how many mutants of its function they
kill.
"""

from __future__ import annotations

import argparse
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parent))  # as a script, and as a module of pytest's importlib mode

from rust_crates import externs, missing
from rust_mutants import Mutant, mutants

HEADER: Final = re.compile(r"//! family: ([a-z0-9-]+)\n//! split: (train|validation|test)\n\n")
MODULE: Final = "\n#[cfg(test)]\nmod tests {\n    use super::*;\n"
TEST: Final = re.compile(r"#\[(?:tokio::)?test\b")
LARGEST: Final = 2_600
SECONDS: Final = 5
MEMORY: Final = 4 << 30
# `% n == 0` reads as well as what clippy would have there, and is what people write.
LINTS: Final = ["-Wclippy::all", "-Aclippy::manual_is_multiple_of"]


@dataclass(frozen=True)
class RustFile:
    """One file: what its header says, the function under test, and the inside of its test module."""

    path: Path
    family: str
    split: str
    function: str
    tests: str

    @property
    def stratum(self) -> str:
        return self.path.parent.name

    @property
    def module(self) -> str:
        """What it is called in a crate of many; `async` alone is a keyword."""
        return f"{self.stratum}_{self.path.stem}"

    @property
    def has_properties(self) -> bool:
        return "proptest! {" in self.tests


@dataclass(frozen=True)
class Trial:
    """What became of the mutants of one file; those that do not compile count nowhere."""

    killed: int
    survivors: tuple[Mutant, ...]

    @property
    def viable(self) -> int:
        return self.killed + len(self.survivors)


def read(path: Path) -> RustFile:
    text = path.read_text(encoding="utf-8")
    header = HEADER.match(text)
    if header is None:
        raise ValueError(f"{path}: does not begin with `//! family: …`, `//! split: …` and an empty line")
    function, module, tests = text[header.end() :].partition(MODULE)
    if not module or not tests.endswith("}\n"):
        raise ValueError(f"{path}: does not end with `#[cfg(test)] mod tests {{ use super::*; …`")
    return RustFile(path, header[1], header[2], function, tests.removesuffix("}\n"))


def form_problems(file: RustFile) -> list[str]:
    """What is wrong with the form of a file, one sentence each."""
    tests, size = len(TEST.findall(file.tests)), len(file.function) + len(textwrap.dedent(file.tests))
    checks = {
        f"has {tests} tests, not 2 to 6": 2 <= tests <= 6,
        f"has {size} characters, not under {LARGEST}": size < LARGEST,
        "has no doc comment": "/// " in file.function,
        "has a main": "fn main(" not in file.function,
        "has `unsafe` without a SAFETY comment": "unsafe {" not in file.function or "SAFETY" in file.function,
        "asserts a constant": not re.search(r"assert!\((true|false)\)", file.tests),
        "is not named like a function": re.fullmatch(r"[a-z][a-z0-9_]*", file.path.stem) is not None,
    }
    return [f"{file.path}: {wrong}" for wrong, fine in checks.items() if not fine]


def _run(command: list[str], work: Path, seconds: float | None = None) -> tuple[int, str]:
    """How a command ended and what it said; a limit to its memory, since a mutant may fill a vector for ever."""

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    try:
        ended = subprocess.run(
            command, cwd=work, capture_output=True, text=True, timeout=seconds, preexec_fn=limited if seconds else None
        )
    except subprocess.TimeoutExpired:
        return 124, "ran too long"
    return ended.returncode, ended.stdout + ended.stderr


def _write_crate(files: Iterable[RustFile], work: Path) -> Path:
    root = work / "all.rs"
    modules = []
    for file in files:
        shutil.copyfile(file.path, work / f"{file.module}.rs")
        modules.append(f"pub mod {file.module};\n")
    root.write_text("".join(modules))
    return root


def format_problems(files: Iterable[RustFile]) -> str:
    """The difference rustfmt would make; empty where it would make none."""
    return _run(["rustfmt", "--edition", "2021", "--check", *(str(file.path) for file in files)], Path("/"))[1]


def run_problems(files: Iterable[RustFile]) -> str:
    """What compiler or failing tests say of the files together, in one crate; empty where all is well."""
    return _crate_problems(files, "rustc", runs=True)


def clippy_problems(files: Iterable[RustFile]) -> str:
    return _crate_problems(files, "clippy-driver", runs=False)


def _crate_problems(files: Iterable[RustFile], compiler: str, *, runs: bool) -> str:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        root = _write_crate(files, work)
        emit = ["-o", "all", "-Cdebuginfo=0"] if runs else ["--emit=metadata", *LINTS]
        options = ["--edition", "2021", "--test", "-Dwarnings", *emit, *externs()]
        failed, said = _run([compiler, *options, str(root)], work)
        if not failed and runs:
            failed, said = _run(["./all", "--quiet"], work, 20 * SECONDS)
    return said if failed else ""


def try_mutants(file: RustFile, chosen: Iterable[Mutant]) -> Trial:
    """Run the tests of a file on each of the mutants of its function."""
    killed, survivors = 0, []
    for mutant in chosen:
        fate = _fate(file, mutant)
        killed += fate == "killed"
        if fate == "survived":
            survivors.append(mutant)
    return Trial(killed, tuple(survivors))


def _fate(file: RustFile, mutant: Mutant) -> str:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        (work / "one.rs").write_text(f"{mutant.text}{MODULE}{file.tests}}}\n")
        options = ["--edition", "2021", "--test", "-Cdebuginfo=0", "-Cstrip=symbols", "--cap-lints", "allow"]
        if _run(["rustc", *options, *externs(), "one.rs"], work)[0]:
            return "unviable"
        return "killed" if _run(["./one", "--quiet"], work, SECONDS)[0] else "survived"


def choose_mutants(file: RustFile, most: int, seed: int = 0) -> list[Mutant]:
    found = mutants(file.function)
    return random.Random(f"{seed} {file.module}").sample(found, min(most, len(found)))


def find(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield from sorted(path.rglob("*.rs")) if path.is_dir() else [path]


def _check(files: list[RustFile], most: int, seed: int) -> bool:
    fine = True
    wrong = [line for file in files for line in form_problems(file)]
    for said in ("\n".join(wrong), format_problems(files), run_problems(files), clippy_problems(files)):
        fine &= not said
        print(said, end="\n" if said else "")
    if not fine or not most:
        return fine
    with ThreadPoolExecutor(2) as pool:
        trials = list(pool.map(lambda file: try_mutants(file, choose_mutants(file, most, seed)), files))
    for file, trial in zip(files, trials, strict=True):
        print(f"{trial.killed}/{trial.viable} {file.stratum}/{file.path.name}")
        for mutant in trial.survivors:
            print(f"      line {mutant.line + 3}: {mutant.change}")
    killed, viable = sum(trial.killed for trial in trials), sum(trial.viable for trial in trials)
    properties = sum(file.has_properties for file in files)
    print(f"killed {killed} of {viable} = {killed / max(1, viable):.1%}; {properties} of {len(files)} have properties")
    return fine


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, help="files, or folders of them")
    parser.add_argument("--mutants", type=int, default=8, help="at most so many a file; 0: none [8]")
    parser.add_argument("--seed", type=int, default=0, help="which mutants are chosen [0]")
    options = parser.parse_args()
    if why := missing():
        sys.exit(why)
    try:
        files = [read(path.resolve()) for path in find(options.paths)]
    except (OSError, ValueError) as wrong:
        sys.exit(str(wrong))
    return 0 if _check(files, options.mutants, options.seed) else 1


if __name__ == "__main__":
    sys.exit(main())
