"""`kan-train`: importing this loads no torch; a training does, once its command line is found good."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Final

from kan_shared.errors import EXIT_COMPLETE, EXIT_INTERRUPTED, KanError, MissingExtra, UsageError
from kan_shared.experiment import Experiment
from kan_shared.text import safe_line
from kan_trainer.command.background import say_ready, train_in_background
from kan_trainer.command.options import Parser, parse
from kan_trainer.command.plan import Plan, is_complete, layered, plan
from kan_trainer.command.speech import open_streams, say
from kan_trainer.command.tools import TOOLS
from kan_trainer.command.viewer import HeadlessViewer
from kan_trainer.config import FinetuneConfig

#: What the libraries are called, by the name of their modules, and the extra that brings them.
_EXTRAS: Final = {
    "train": {"torch": "PyTorch", "safetensors": "safetensors"},
    "finetune": {name: name for name in ("transformers", "tokenizers", "peft", "bitsandbytes", "huggingface_hub")},
}


def main(argv: list[str] | None = None) -> int:
    """Runs `kan-train` with `argv`, or with the process's own arguments; its exit code."""
    open_streams()
    arguments = sys.argv[1:] if argv is None else argv
    try:
        return _done(arguments)
    except KanError as error:
        if _speaks():
            say(sys.stderr, f"kan-train: {safe_line(str(error), 2000)}\n")
        return error.exit_code
    except KeyboardInterrupt:
        if _speaks():
            say(sys.stderr, "kan-train: stopped before the training began.\n")
        return EXIT_INTERRUPTED


def _done(arguments: list[str]) -> int:
    try:
        if arguments and arguments[0] in TOOLS:
            return _tool(arguments[0], arguments[1:])
        return _command(parse(arguments), arguments)
    except ModuleNotFoundError as error:
        raise _missing(error) from error


def _speaks() -> bool:
    """Of the processes that torchrun started on a machine, one tells of a mistake that all make."""
    return os.environ.get("LOCAL_RANK", "0") == "0"


def _command(options: argparse.Namespace, argv: list[str]) -> int:
    if options.detach:
        if options.headless:
            raise UsageError("--detach leaves this terminal, --headless stays in it: choose one.")
        if os.environ.get("WORLD_SIZE", "1") != "1":
            raise UsageError("--detach takes one process away from torchrun: start torchrun itself in the background.")
        return train_in_background([argument for argument in argv if argument != "--detach"])
    if getattr(options, "preview", False):
        return _preview(options)
    try:
        settled = plan(options)
        complete = settled.resume and is_complete(settled)
    except OSError as error:  # of the training itself they would be its own, with all that is known of them
        raise UsageError(f"{error.filename or options.output} cannot be used ({error.strerror or error}).") from error
    if complete:
        if _speaks():
            say(sys.stdout, f"The run in {settled.output} is complete: there is nothing to go on with.\n")
        return EXIT_COMPLETE
    return _train(settled, options)


def _preview(options: argparse.Namespace) -> int:
    """Shows rows as they would be learned; no run is begun, and none looked at."""
    from kan_trainer.finetune.preparing import show_rows

    config = layered(options)
    assert isinstance(config, FinetuneConfig)
    show_rows(config)
    return EXIT_COMPLETE


def _tool(name: str, argv: list[str]) -> int:
    """Does what is beside training."""
    parser = Parser(prog=f"kan-train {name}", description=f"{TOOLS[name].capitalize()}.", allow_abbrev=False)
    module = import_module(f"kan_trainer.tools.{name}")
    module.add_options(parser)
    code: int = module.run(parser.parse_args(argv))
    return code


def _missing(error: ModuleNotFoundError) -> Exception:
    """What to say of a library that is not installed; the error itself, where it is none of those."""
    for extra, libraries in _EXTRAS.items():
        if error.name in libraries:
            return MissingExtra("kan-train", extra, libraries[error.name])
    return error


def _train(settled: Plan, options: argparse.Namespace) -> int:
    from kan_trainer.session import train

    with HeadlessViewer() as viewer:

        def on_begin(directory: Path) -> None:
            if options.ready_fd is not None:
                say_ready(options.ready_fd, directory, Experiment(directory).log)
            if options.headless:
                viewer.show(directory, options.format)

        # In headless mode stdout is the monitor's alone.
        return train(settled, on_begin=on_begin, out=sys.stderr if options.headless else sys.stdout)
