"""`kan-monitor export`: the series of a run as a table, or the frame on the screen as a file."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import time
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final

from kan_monitor.arguments import Parser, formatter, screen_size
from kan_monitor.exporting.file import new_file
from kan_monitor.finding import named, newest, one_run
from kan_shared.errors import EXIT_COMPLETE, NoSuchRun, UsageError
from kan_shared.experiment import Experiment
from kan_shared.series import SeriesFile
from kan_shared.text import safe_line

FORMATS: Final = ("csv", "jsonl", "parquet")
_FRAME_ONLY: Final = ("size", "color")
_SERIES_ONLY: Final = ("series", "format", "wide", "all")


def main(words: Sequence[str]) -> int:
    """Runs the command, and gives its exit code."""
    arguments = _parser().parse_args(words)
    _refuse_strangers(arguments)
    run = one_run(named(arguments.directory) if arguments.directory else newest())
    if arguments.frame:
        _export_frame(run, arguments)
    else:
        _export_series(run, arguments)
    return EXIT_COMPLETE


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="kan-monitor export",
        description="Write the series of a run as a table, or the dashboard's frame as a file.",
        formatter_class=formatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "directory", nargs="?", type=Path, help="experiment directory on this machine; by default the newest run"
    )
    parser.add_argument("--output", type=Path, metavar="FILE", help="write to FILE instead of the standard output")
    parser.add_argument("--force", action="store_true", help="replace FILE where it is there already")
    series = parser.add_argument_group("the series: series, step, seconds, value, segment")
    series.add_argument("--series", action="append", metavar="GLOB", help="only those, as 'train/*'; may be repeated")
    series.add_argument("--format", choices=FORMATS, help="by default FILE's suffix, or csv")
    series.add_argument("--wide", action="store_true", help="one column a series, one row a step")
    series.add_argument("--all", action="store_true", help="also the steps that a resume has overwritten")
    frame = parser.add_argument_group("the frame")
    frame.add_argument("--frame", choices=("text", "svg", "markdown"), help="what the dashboard shows, instead")
    frame.add_argument("--size", type=screen_size, metavar="WxH", help="of the screen in cells (120x34)")
    frame.add_argument("--color", choices=("auto", "truecolor", "256", "16", "none"), help="colours (auto)")
    return parser


def _refuse_strangers(arguments: argparse.Namespace) -> None:
    if str(arguments.directory).startswith("ssh:"):
        raise UsageError("kan-monitor export reads runs of this machine: run it where the run is.")
    for option in _SERIES_ONLY if arguments.frame else _FRAME_ONLY:
        if getattr(arguments, option):
            raise UsageError(f"--{option} {'does not go with' if arguments.frame else 'is only for'} --frame.")
    if arguments.wide and arguments.all:
        raise UsageError("--wide has one value a step, --all may have several: leave one of them out.")


def _export_series(run: Path, arguments: argparse.Namespace) -> None:
    names = _chosen(run, arguments.series or ["*"])
    suffix = arguments.output.suffix.removeprefix(".") if arguments.output else ""
    kind = arguments.format or (suffix if suffix in FORMATS else "csv")
    if kind == "parquet":
        from kan_monitor.exporting.parquet import require_pyarrow

        require_pyarrow()
        if arguments.output is None:
            raise UsageError("Parquet is no text to print: name a file with --output.")
    with _output(arguments) as out:
        _write_series(out, run, names, kind, arguments)


def _write_series(out: BinaryIO, run: Path, names: list[str], kind: str, arguments: argparse.Namespace) -> None:
    from kan_monitor.exporting import parquet, rows
    from kan_monitor.exporting.table import long_rows, wide_rows

    experiment, wide = Experiment(run), arguments.wide
    series = [long_rows(name, SeriesFile(experiment.series(name)), overwritten=arguments.all) for name in names]
    long = chain.from_iterable(series)
    if kind == "parquet":
        parquet.write_wide(out, names, wide_rows(series)) if wide else parquet.write_long(out, long)
        return
    texts: Iterator[str]
    if kind == "csv":
        out.write(rows.csv_header(["step", *names] if wide else rows.LONG_COLUMNS).encode())
        texts = map(rows.csv_wide, wide_rows(series)) if wide else map(rows.csv_long, long)
    else:
        texts = (rows.json_wide(batch, names) for batch in wide_rows(series)) if wide else map(rows.json_long, long)
    out.writelines(text.encode() for text in texts)


def _chosen(run: Path, globs: Sequence[str]) -> list[str]:
    """The series that are meant.

    Raises:
        NoSuchRun: The run has none.
        UsageError: One of the globs fits none.
    """
    names = Experiment(run).series_names()
    if not names:
        raise NoSuchRun(f"{run} has no series: name the experiment directory of a run that has logged something.")
    for glob in globs:
        if not any(fnmatchcase(name, glob) for name in names):
            listed = safe_line(", ".join(names), 200)
            raise UsageError(f"no series of {run} fits --series {glob}: there are {listed}.")
    return [name for name in names if any(fnmatchcase(name, glob) for glob in globs)]


def _export_frame(run: Path, arguments: argparse.Namespace) -> None:
    """Builds and draws as the dashboard does, at the time that it is."""
    from kan_monitor.colour import detect
    from kan_monitor.exporting.picture import loaded_curves, render
    from kan_monitor.frame import FrameOptions, charted, draw_frame
    from kan_monitor.palette import styles
    from kan_monitor.sources.experiment import ExperimentSource
    from kan_monitor.view import ViewOptions, build

    source, now = ExperimentSource(run), time.time()
    facts = source.poll(now)
    if facts.state is None:
        raise facts.problem or NoSuchRun(f"{run} holds no run")
    mode = arguments.color
    if mode in (None, "auto"):
        at_terminal = arguments.output is None and sys.stdout.isatty()
        mode = "truecolor" if arguments.frame == "svg" else detect(os.environ) if at_terminal else "none"
    dashboard = build(facts, ViewOptions(utc_offset_seconds=time.localtime(now).tm_gmtoff), now=now)
    width, height = arguments.size or (120, 34)
    options = FrameOptions(plain=mode == "none", beside=charted(dashboard, source.series_names, width, height))
    lines = draw_frame(dashboard, loaded_curves(source, dashboard, options.beside), options, width, height)
    with _output(arguments) as out:
        out.write(render(arguments.frame, lines, styles(mode), mode, dashboard).encode())


@contextlib.contextmanager
def _output(arguments: argparse.Namespace) -> Iterator[BinaryIO]:
    if arguments.output is not None:
        with new_file(arguments.output, force=arguments.force) as file:
            yield file
        return
    if sys.stdout is None:
        raise UsageError("there is no standard output to write to: name a file with --output.")
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()
