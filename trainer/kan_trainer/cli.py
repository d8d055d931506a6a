"""`kan-train`: importing this loads no torch; a training does, once its command line is found good."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from kan_shared.errors import EXIT_COMPLETE, KanError, MissingExtra, UsageError
from kan_shared.experiment import Experiment
from kan_trainer.command.background import say_ready, train_in_background
from kan_trainer.command.options import parse
from kan_trainer.command.plan import Plan, is_complete, plan
from kan_trainer.command.viewer import HeadlessViewer

_EXIT_INTERRUPTED = 130


def main(argv: list[str] | None = None) -> int:
    """Runs `kan-train` with `argv`, or with the process's own arguments; its exit code."""
    arguments = sys.argv[1:] if argv is None else argv
    try:
        return _command(parse(arguments), arguments)
    except KanError as error:
        sys.stderr.write(f"kan-train: {error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("kan-train: stopped before the training began.\n")
        return _EXIT_INTERRUPTED


def _command(options: argparse.Namespace, argv: list[str]) -> int:
    if options.detach:
        if options.headless:
            raise UsageError("--detach leaves this terminal, --headless stays in it: choose one.")
        return train_in_background([argument for argument in argv if argument != "--detach"])
    settled = plan(options)
    if settled.resume and is_complete(settled):
        sys.stdout.write(f"The run in {settled.output} is complete: there is nothing to go on with.\n")
        return EXIT_COMPLETE
    return _train(settled, options)


def _train(settled: Plan, options: argparse.Namespace) -> int:
    try:
        from kan_trainer.session import train
    except ModuleNotFoundError as error:
        if error.name not in ("torch", "safetensors"):
            raise
        raise MissingExtra("kan-train", "train", "PyTorch" if error.name == "torch" else error.name) from error
    with HeadlessViewer() as viewer:

        def on_begin(directory: Path) -> None:
            if options.ready_fd is not None:
                say_ready(options.ready_fd, directory, Experiment(directory).log)
            if options.headless:
                viewer.show(directory, options.format)

        # In headless mode stdout is the monitor's alone.
        return train(settled, on_begin=on_begin, out=sys.stderr if options.headless else sys.stdout)
