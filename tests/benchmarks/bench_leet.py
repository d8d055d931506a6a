"""A run of 20 series × 50,000 steps, opened in kan-monitor and in W&B LEET, each at a terminal of 120 × 34 cells.

Both have the same values: ours lies in an experiment directory, LEET's in the .wandb file that `wandb` wrote offline,
logging all 20 at every step. First chart: from exec to the first Braille dots. Everything loaded: the last that it
writes before it rests, which is a second without output and with less than a fifth of a core; LEET's state says
"Finished" then. It reads its file in chunks and draws after each. kan-monitor reads only what is on the screen, so with
the first chart the key is pressed that opens the grid of all; afterwards the grid is opened once more, to see that it
is not waiting for anything. Bytes go to the terminal; processor time and resident memory are those of the process and
of what it started, at that moment. In turn, medians of the rounds; a ratio is LEET's figure by ours, of `wandb leet`,
the command that one types. The binary behind it, started by itself, spares itself Python and is given too.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

from harness import Row, Target, interleaved, ratio_of_rounds, spread
from runs import GRID_SERIES, make_grid_run
from terminal import BRAILLE, Terminal, cpu_seconds, family, monitor, plain, program, resident_bytes

ROUNDS: Final = 3
ROWS: Final = 34
REST_SECONDS: Final = 1.0
REST_SHARE: Final = 0.2
SETTLE_SECONDS: Final = 0.3
LIMIT_SECONDS: Final = 60.0
#: What opens the screen with all series, and what opens it again from another one.
GRID_KEY: Final = b"2"
AGAIN_KEYS: Final = b"12"
CACHE: Final = Path(__file__).parents[2] / ".cache" / "bench-leet"


class Opened(NamedTuple):
    """What it took to open the run."""

    first_chart: float
    loaded: float
    written: float
    cpu: float
    resident: float


def measure(place: Path) -> list[Row]:  # the run is kept over rounds of `make bench`
    """The rows of this benchmark."""
    if find_spec("wandb") is None:
        return [Row(name="W&B LEET", note="wandb is not installed")]
    ours, theirs = _runs()
    os.environ |= {"WANDB_MODE": "offline", "WANDB_CONFIG_DIR": str(CACHE / "config"), "WANDB_ERROR_REPORTING": "false"}
    found = interleaved(
        {
            "ours": lambda: _opened(monitor(ours), GRID_KEY),
            "leet": lambda: _opened(_leet(theirs)),
            "core": lambda: _opened(_core(theirs)),
        },
        rounds=ROUNDS,
        warm=0,
    )
    rows = [
        *_rows("first chart", found, lambda it: it.first_chart * 1e3, "ms", Target(bound=1, of="ratio", at_least=True)),
        *_rows("all loaded", found, lambda it: it.loaded * 1e3, "ms", Target(bound=10, of="ratio", at_least=True)),
        *_rows("bytes", found, lambda it: it.written / 1e3, "kB"),
        *_rows("processor time", found, lambda it: it.cpu * 1e3, "ms"),
        *_rows("resident memory", found, lambda it: it.resident / 1e6, "MB"),
    ]
    sizes = [sum(path.stat().st_size for path in run.rglob("*") if path.is_file()) / 1e6 for run in (ours, theirs)]
    return [*rows, Row(name="on the disk, kan-monitor", measured=sizes[0], unit="MB", ratio=sizes[1] / sizes[0])]


def _rows(
    name: str,
    found: dict[str, list[Opened]],
    figure: Callable[[Opened], float],
    unit: str,
    target: Target | None = None,
) -> list[Row]:
    ours, leet, core = ([figure(it) for it in found[which]] for which in ("ours", "leet", "core"))
    version = import_module("wandb").__version__
    return [
        Row(
            name=f"{name}, kan-monitor",
            measured=median(ours),
            unit=unit,
            ratio=ratio_of_rounds(leet, ours),
            target=target,
            note=spread(ours),
        ),
        Row(name=f"  wandb {version} leet", measured=median(leet), unit=unit, note=spread(leet)),
        Row(
            name="  its wandb-core by itself",
            measured=median(core),
            unit=unit,
            ratio=ratio_of_rounds(core, ours),
            note=spread(core),
        ),
    ]


def _runs() -> tuple[Path, Path]:
    """Our directory and theirs, made once."""
    ours, theirs = CACHE / "ours", CACHE / "wandb"
    if not (ours / "state.json").exists():
        make_grid_run(ours)
    if not theirs.exists():
        written = CACHE / f"wandb-{os.getpid()}"
        subprocess.run(program("wandb_run", ours, written), check=True)
        written.rename(theirs)
    [run] = theirs.glob("wandb/offline-run-*")
    return ours, run


def _leet(run: Path) -> list[str]:
    return [str(Path(sys.executable).with_name("wandb")), "leet", "run", str(run)]


def _core(run: Path) -> list[str]:
    [file] = run.glob("*.wandb")
    core = import_module("wandb.util").get_core_path()
    return [str(core), "leet", "run", "--no-observability", "--run-file", str(file), str(run.parent)]


def _opened(command: Sequence[str], key: bytes = b"") -> Opened:
    """Opens a run, and waits until all of it is loaded; `key` opens a grid, which has to say that it is."""
    with Terminal(command, rows=ROWS) as terminal:
        first = terminal.read_until(lambda output: BRAILLE.search(output) is not None)
        terminal.write(key)
        loaded = _until_rest(terminal)
        processes = family(terminal.pid)
        cpu, resident = sum(map(cpu_seconds, processes)), sum(map(resident_bytes, processes))
        written = len(terminal.output)
        if key:
            _see_all_loaded(terminal)
    return Opened(first, loaded, written, cpu, resident)


def _see_all_loaded(terminal: Terminal) -> None:
    before = len(terminal.output)
    terminal.write(AGAIN_KEYS)
    terminal.read_until(lambda output: f"{len(GRID_SERIES)} series".encode() in output[before:])
    terminal.read_for(SETTLE_SECONDS)
    if "loading" in (grid := plain(bytes(terminal.output[before:]))):
        raise RuntimeError(f"the grid of all series is not loaded: {grid[-600:]}")


def _until_rest(terminal: Terminal) -> float:
    """When it wrote the last before it rests."""
    last = since = terminal.elapsed()
    cpu = _cpu(terminal)
    while terminal.elapsed() < LIMIT_SECONDS:
        if terminal.read(0.02):
            last = since = terminal.elapsed()
            cpu = _cpu(terminal)
        elif (span := terminal.elapsed() - since) > REST_SECONDS:
            if _cpu(terminal) - cpu < REST_SHARE * span:
                return last
            since, cpu = terminal.elapsed(), _cpu(terminal)
    raise RuntimeError("it never came to rest")


def _cpu(terminal: Terminal) -> float:
    return sum(map(cpu_seconds, family(terminal.pid)))
