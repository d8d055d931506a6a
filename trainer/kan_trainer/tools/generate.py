"""`kan-train generate`: tests for functions, a line of JSON each, with what made them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import msgspec

from kan_shared.errors import EXIT_COMPLETE, UsageError
from kan_shared.reading import open_regular
from kan_trainer.command.speech import say
from kan_trainer.config.finetune import FinetuneConfig, ModelConfig
from kan_trainer.finetune.answers import Asked, Maker, write_answers
from kan_trainer.finetune.attaching import load_trained
from kan_trainer.finetune.generation import Manner
from kan_trainer.finetune.model import dtype_of, load_base, model_folder
from kan_trainer.finetune.preparing import corpus_of
from kan_trainer.finetune.tokenizer import load_tokenizer
from kan_trainer.finetune.trained import Trained, find_trained
from kan_trainer.reproducibility.hashes import file_sha256, folder_sha256
from kan_trainer.training.device import pick_device

#: A function that is longer fits into no context.
_MAX_INPUT_BYTES = 2**20


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds what `run` asks for."""
    parser.add_argument("--model", metavar="FOLDER|NAME", help="the model, or the base of the adapter")
    parser.add_argument("--adapter", type=Path, metavar="FOLDER", help="a run, a checkpoint of one, or an adapter")
    parser.add_argument("--method", choices=("qlora", "lora"), help="base in 4 bits, or as it is (as it was trained)")
    parser.add_argument("--dataset", metavar="FILE|FOLDER|NAME", help="whose functions to take (the run's)")
    parser.add_argument("--split", choices=("train", "validation", "test"), default="test", help="which rows (test)")
    parser.add_argument("--input", nargs="+", metavar="FILE.rs", help="functions instead, a file each; - is stdin")
    parser.add_argument("--output", default="-", metavar="FILE.jsonl", help="a file that is not there yet (stdout)")
    parser.add_argument("--resume", action="store_true", help="go on with an --output that is not whole")
    manner = Manner()
    parser.add_argument("--max-new-tokens", type=int, default=manner.max_new_tokens, metavar="N", help="(%(default)s)")
    parser.add_argument("--batch-size", type=int, default=manner.batch_size, metavar="N", help="(%(default)s)")
    parser.add_argument(
        "--temperature", type=float, default=0.0, metavar="X", help="0: always the likeliest (%(default)s)"
    )
    parser.add_argument("--top-p", type=float, default=1.0, metavar="X", help="draw among the likeliest (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of what is drawn (%(default)s)")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="where to generate (auto)")


def run(arguments: argparse.Namespace) -> int:
    """Writes an answer for each function; the exit code."""
    manner = Manner(
        **{name: getattr(arguments, name) for name in ("max_new_tokens", "batch_size", "temperature", "top_p", "seed")}
    )
    trained = _trained(arguments)
    asked = _asked(arguments, trained)
    maker = _maker(arguments, trained, manner)
    output = None if arguments.output == "-" else Path(arguments.output)
    done = write_answers(asked, maker, output, resume=arguments.resume)
    pace = f", {done.tokens_per_second:.1f} tokens a second" if done.tokens_per_second else ""
    say(sys.stderr, f"{done.rows} answers, {done.tokens} tokens in {done.seconds:.1f} s{pace}.\n")
    return EXIT_COMPLETE


def _trained(arguments: argparse.Namespace) -> Trained | None:
    if arguments.adapter is not None:
        return find_trained(arguments.adapter, model=arguments.model, method=arguments.method)
    if arguments.model is None:
        raise UsageError("nothing says which model is to write: name --model FOLDER|NAME, --adapter FOLDER, or both.")
    return None


def _asked(arguments: argparse.Namespace, trained: Trained | None) -> list[Asked]:
    if arguments.input and arguments.dataset:
        raise UsageError("--dataset and --input both name functions: choose one.")
    if arguments.input:
        return [Asked(input=_function(name)) for name in arguments.input]
    config = trained.settings if trained else None
    if arguments.dataset:  # split as the run would split it
        config = config or FinetuneConfig()
        config = msgspec.structs.replace(config, data=msgspec.structs.replace(config.data, dataset=arguments.dataset))
    if config is None:
        raise UsageError("nothing says for which functions: name --dataset, or --input FILE.rs.")
    rows = corpus_of(config).splits()[arguments.split]
    return [Asked(row.input, row.output, row.metadata) for row in rows]


def _function(name: str) -> str:
    try:
        if name == "-":
            data = sys.stdin.buffer.read(_MAX_INPUT_BYTES)
        else:
            with open_regular(Path(name)) as file:
                data = file.read(_MAX_INPUT_BYTES) or b""
        text = data.decode().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror or error
        raise UsageError(f"{name} cannot be read ({reason}).") from error
    if not text:
        raise UsageError(f"{name} is empty: there is no function to write tests for.")
    return text


def _maker(arguments: argparse.Namespace, trained: Trained | None, manner: Manner) -> Maker:
    device = pick_device(arguments.device)
    held = trained.model if trained else ModelConfig(model=arguments.model, method=arguments.method or "lora")
    tokenizer = load_tokenizer(held.model, held.pad_token)
    model: Any = (
        load_trained(trained, device)
        if trained
        else load_base(held.model, held.method, dtype_of(held, device), device, held.attention)
    )
    try:
        model_sha256 = folder_sha256(model_folder(held.model))
        adapter_sha256 = file_sha256(trained.weights) if trained else None
    except OSError as error:
        raise UsageError(f"{error.filename or held.model} cannot be read ({error.strerror or error}).") from error
    return Maker(model, tokenizer, manner, model_sha256, adapter_sha256)
