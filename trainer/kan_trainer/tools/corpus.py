"""`kan-train corpus`: is this a corpus, what is in it, and what would a training make of it?"""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path

import msgspec

from kan_shared.errors import EXIT_COMPLETE, UsageError
from kan_shared.text import safe_line
from kan_trainer.command.speech import say
from kan_trainer.finetune.corpus.corpus import Corpus
from kan_trainer.finetune.corpus.reading import BadLines
from kan_trainer.finetune.corpus.sources import read_corpus
from kan_trainer.finetune.corpus.summary import Summary, as_text, summarise


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds what `run` asks for; the defaults are those of a training, and so are the splits."""
    parser.add_argument("dataset", help="JSONL file, folder of them, name on the hub, or rust-tests, which is shipped")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="what is printed (text)")
    parser.add_argument("--model", metavar="NAME|FOLDER", help="count tokens as the tokenizer of this model does")
    parser.add_argument("--pad-token", metavar="TOKEN", help="the token to pad with, where the tokenizer has none")
    parser.add_argument("--max-length", type=int, default=1024, metavar="N", help="tokens of the longest row (1024)")
    parser.add_argument("--seed", type=int, default=42, metavar="N", help="of the split (42)")
    for name in ("validation", "test"):
        parser.add_argument(
            f"--{name}-fraction", type=float, default=0.1, metavar="X", help="share to hold out, without files (0.1)"
        )
    parser.add_argument(
        "--control-tokens", choices=("refuse", "escape"), default="refuse", help="<|im_start|> in a row (refuse)"
    )
    parser.add_argument("--write", type=Path, metavar="DIR", help="write the splits there, a JSONL file for each")


def run(arguments: argparse.Namespace) -> int:
    """Reads the corpus, and prints its summary; its exit code."""
    try:
        corpus = read_corpus(
            arguments.dataset,
            seed=arguments.seed,
            validation_fraction=arguments.validation_fraction,
            test_fraction=arguments.test_fraction,
            control_tokens=arguments.control_tokens,
        )
    except BadLines as error:
        for number, reason in error.lines:
            say(sys.stderr, f"{safe_line(str(error.path))}:{number}: {reason}\n")
        raise
    summary = _summary(corpus, arguments)
    if arguments.write:
        write(corpus, arguments.write)
    if arguments.format == "json":
        say(sys.stdout, msgspec.json.format(msgspec.json.encode(summary)).decode() + "\n")
    else:
        say(sys.stdout, as_text(summary))
    return EXIT_COMPLETE


def _summary(corpus: Corpus, arguments: argparse.Namespace) -> Summary:
    if arguments.model is None:
        return summarise(corpus)
    from kan_trainer.finetune.tokenizer import load_tokenizer
    from kan_trainer.finetune.tokens import token_counts

    tokenizer = load_tokenizer(arguments.model, arguments.pad_token)
    counts = {name: token_counts(rows, tokenizer) for name, rows in corpus.splits().items()}
    return summarise(corpus, token_counts=counts, max_length=arguments.max_length)


def write(corpus: Corpus, folder: Path) -> None:
    """Writes train.jsonl, validation.jsonl and test.jsonl into `folder`: those that have rows, and never over another.

    Raises:
        UsageError: One is there already, or cannot be written; then none is left of those that were.
    """
    files = {folder / f"{name}.jsonl": rows for name, rows in corpus.splits().items() if rows}
    written: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, rows in files.items():
            with path.open("xb") as file:
                written.append(path)
                file.write(msgspec.json.Encoder().encode_lines(rows))
    except OSError as error:
        for path in written:
            with contextlib.suppress(OSError):
                path.unlink()
        if isinstance(error, FileExistsError):
            raise UsageError(f"{error.filename} is there already: choose another folder for --write.") from error
        raise UsageError(f"{error.filename or folder} cannot be written ({error.strerror or error}).") from error
