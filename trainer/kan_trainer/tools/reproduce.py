"""`kan-train reproduce DIR`: a recorded run is trained anew, and compared to what was recorded."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from kan_shared.errors import EXIT_COMPLETE, EXIT_RUN_FAILED, KanError, UsageError
from kan_shared.experiment import Experiment
from kan_shared.text import safe_line
from kan_trainer.command.plan import Plan
from kan_trainer.command.speech import say
from kan_trainer.reproducibility.comparison import Difference, differences
from kan_trainer.reproducibility.lock import Lock, read_lock
from kan_trainer.reproducibility.reproduction import Original, changed_weights, compare_runs, read_original


def add_options(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("directory", metavar="DIR", help="the run to do again; nothing in it is changed")
    parser.add_argument("--output", metavar="DIR2", default="auto", help="where to (auto: under experiments/)")
    parser.add_argument(
        "--anyway", action="store_true", help="do it although its config, its model or its data were changed"
    )


def run(arguments: argparse.Namespace) -> int:
    """Does it: 0 where the same came out, 1 where not.

    Raises:
        KanError: It could not begin.
    """
    original = read_original(Path(arguments.directory))
    output = None if arguments.output == "auto" else Path(arguments.output)
    if output is not None and output.resolve().is_relative_to(original.directory.resolve()):
        raise UsageError(f"{output} lies in the run that is done again: choose another directory with --output.")
    told = _look(original, arguments.anyway)
    directory, code = _train(original, output)
    if directory is None or code not in (EXIT_COMPLETE, EXIT_RUN_FAILED):
        return code
    _say_what_came_up(original.lock, Experiment(directory), told)
    try:
        verdict = compare_runs(original, directory)
    except OSError as error:
        raise UsageError(f"{error.filename} cannot be read ({error.strerror}): it cannot be compared.") from error
    say(sys.stdout, f"{verdict.text}\n")
    return EXIT_COMPLETE if verdict.equal else EXIT_RUN_FAILED


def _look(original: Original, anyway: bool) -> Sequence[Difference]:
    """Says what is other than it was.

    Raises:
        UsageError: It would be another training, and not `anyway`.
    """
    found = differences(original.lock, _lock_here(original))
    others = [difference.text for difference in found if difference.consequence == "inputs"]
    if others and not anyway:
        raise UsageError(
            f"{', '.join(others)} since {original.directory} was recorded, so another training would come out:"
            " mend that, or say --anyway."
        )
    _say("other inputs", found, "inputs")
    _say("can change bits", found, "bits")
    _say("for the record", found, "nothing")
    for resumed in original.lock.experiment.resumed:
        for text in resumed.differences:
            say(sys.stdout, f"changed when the run was resumed: {safe_line(text)}\n")
    for name in _unlike_the_lock(original):
        say(sys.stdout, f"not what the lock says: {safe_line(name)} in {original.directory}\n")
    return found


def _lock_here(original: Original) -> Lock:
    """The lock that the training would have here and now.

    Raises:
        UsageError: Something that it begins with is gone, or there is no such device.
    """
    from kan_trainer.inputs import inputs_of
    from kan_trainer.reproducibility.taking import lock_of
    from kan_trainer.training.device import pick_device

    config = original.config
    device = pick_device(config.training.device)
    settings = msgspec.to_builtins(config)
    lock = lock_of(original.directory, settings, inputs_of(config), str(device), begun=False)
    # Of the file as it stands: a later version has settings that the run did not know.
    tracked = msgspec.structs.replace(lock.experiment, config_hash=original.config_hash)
    return msgspec.structs.replace(lock, experiment=tracked)


def _unlike_the_lock(original: Original) -> Sequence[str]:
    try:
        return changed_weights(original)
    except OSError as error:
        return [f"{error.filename} ({error.strerror})"]


def _train(original: Original, output: Path | None) -> tuple[Path | None, int]:
    """Trains as `original` was; the new directory, once there is one, and the exit code."""
    from kan_trainer.session import train

    begun: list[Path] = []
    plan = Plan(config=original.config, output=output, resume=False, tags=None, allow_control=False, stop_on=())
    code = train(plan, on_begin=begun.append, out=sys.stdout)
    return (begun[0] if begun else None), code


def _say_what_came_up(lock: Lock, here: Experiment, told: Sequence[Difference]) -> None:
    """What only the training itself could know, such as the switches that it set."""
    try:
        found = differences(lock, read_lock(here.reproducibility))
    except KanError:
        return
    _say("can change bits", [difference for difference in found if difference not in told], "bits")


def _say(title: str, found: Sequence[Difference], consequence: str) -> None:
    for difference in found:
        if difference.consequence == consequence:
            say(sys.stdout, f"{title}: {safe_line(difference.text)}\n")
