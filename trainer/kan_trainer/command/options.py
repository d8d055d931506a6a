"""The command line of `kan-train`, made from the settings themselves. Knows no torch."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any, NoReturn

from msgspec.inspect import LiteralType

from kan_shared import __version__
from kan_shared.errors import UsageError
from kan_trainer.command.settings import Setting, settings_of
from kan_trainer.command.tools import TOOLS
from kan_trainer.config import ClassifyConfig, Dqn2048Config, FinetuneConfig, PretrainConfig, RegressConfig, TrainConfig
from kan_trainer.recording.guard import StopOn, kinds

_EXAMPLES = """examples:
  kan-train regress --function sinusoid
  kan-train regress --csv houses.csv --target price --epochs 100
  kan-train classify --dataset digits --output experiments/digits
  kan-train dqn2048
  kan-train finetune --model Qwen/Qwen2.5-Coder-0.5B-Instruct --dataset rust-tests
  kan-train classify --resume --output experiments/digits
"""


class Parser(argparse.ArgumentParser):
    """Complains in one sentence, without the usage."""

    def error(self, message: str) -> NoReturn:
        """Raises `UsageError`."""
        raise UsageError(f"{message} (kan-train --help tells more).")


def parse(argv: list[str] | None) -> argparse.Namespace:
    """The command line, with its `settings` nested as in a file, over the `default` config of its task.

    Raises:
        UsageError: It cannot be used.
    """
    parser = Parser(
        prog="kan-train",
        description="Train a Kolmogorov-Arnold network or a language model. Watch it with kan-monitor, from anywhere.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"kan-train {__version__}")
    tasks = parser.add_subparsers(dest="task", required=True, metavar="TASK")
    _add_task(tasks, RegressConfig(), "regress", "learn a number: a named function, or a column of a CSV file")
    _add_task(tasks, ClassifyConfig(), "classify", "learn a class: of images, or a column of a CSV file")
    _add_task(tasks, Dqn2048Config(), "dqn2048", "learn to play 2048: Double DQN on many boards at once")
    summary = "teach a language model to write Rust tests: LoRA, over 4-bit weights if you like"
    finetuning = _add_task(tasks, FinetuneConfig(), "finetune", summary)
    finetuning.add_argument("--preview", action="store_true", help="show some rows as they are learned, and end")
    _add_task(tasks, PretrainConfig(), "pretrain", "make a small language model from nothing but text")
    for name, does in TOOLS.items():
        tasks.add_parser(name, help=does)  # whose own options its module knows
    arguments = parser.parse_args(argv)
    arguments.settings = _given(arguments)
    return arguments


def _add_task(tasks: Any, default: TrainConfig, name: str, summary: str) -> Any:
    sentence = f"{summary[0].upper()}{summary[1:]}."
    parser = tasks.add_parser(name, help=summary, description=sentence, allow_abbrev=False)
    parser.set_defaults(default=default)
    run = parser.add_argument_group("run")
    run.add_argument("--output", metavar="DIR", default="auto", help="where to record it (auto: under experiments/)")
    run.add_argument(
        "--config",
        metavar="FILE.yaml",
        help="settings from a file, or the name of a shipped recipe; flags go over them",
    )
    run.add_argument("--resume", action="store_true", help="go on with the run in --output")
    run.add_argument("--tag", action="append", metavar="TAG", help="a word to find it by; may be given several times")
    run.add_argument("--allow-control", action="store_true", help="let a monitor pause, resume, save and stop it")
    run.add_argument(
        "--stop-on",
        type=_kinds,
        default=(),
        metavar="nan,diverge",
        help="end it, with exit code 1, when a loss is not finite, or runs away",
    )
    run.add_argument("--headless", action="store_true", help="show the run here, line by line")
    run.add_argument("--format", choices=("text", "json"), default="text", help="what --headless writes (text)")
    run.add_argument("--detach", action="store_true", help="train in the background, and return when it has begun")
    run.add_argument("--ready-fd", type=int, help=argparse.SUPPRESS)
    groups: dict[str, Any] = {}
    for setting in settings_of(default):
        if setting.section not in groups:
            groups[setting.section] = parser.add_argument_group(setting.section)
        groups[setting.section].add_argument(
            setting.flag, dest=setting.name, metavar=_metavar(setting), help=_help(setting)
        )
    return run


def _kinds(text: str) -> tuple[StopOn, ...]:
    try:
        return kinds(text.split(","))
    except UsageError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _metavar(setting: Setting) -> str:
    if isinstance(setting.kind, LiteralType):
        return "{" + ",".join(map(str, setting.kind.values)) + "}"
    if not setting.is_list:
        return setting.name.rpartition("_")[2].upper()
    return "NAME,NAME…" if setting.is_list_of_text else "N,N…"


def _help(setting: Setting) -> str:
    text = setting.description if setting.value in (None, ()) else f"{setting.description} ({setting.text})"
    return text.replace("%", "%%")


def _given(arguments: argparse.Namespace) -> Mapping[str, Mapping[str, Any]]:
    """The settings that flags gave, nested as in a file; their values are text still."""
    given: dict[str, dict[str, Any]] = {}
    for setting in settings_of(arguments.default):
        text = getattr(arguments, setting.name)
        if text is not None:
            value = [part for part in text.split(",") if part.strip()] if setting.is_list else text
            given.setdefault(setting.section, {})[setting.name] = value
    return given
