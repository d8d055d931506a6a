"""A model's answers to many functions, as lines of JSON: in order, with what made them, to be gone on with."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec
from msgspec import Struct

from kan_shared.errors import DirectoryTaken, UsageError
from kan_trainer.finetune.corpus.row import Metadata
from kan_trainer.finetune.generation import Generated, Manner, generate
from kan_trainer.finetune.tokens import prompt_ids

#: Batches that are sorted by length together, and then written: what a crash can lose.
_BATCHES: Final = 4


class Asked(Struct, frozen=True):
    """A function, and the tests that somebody wrote for it, where they are known."""

    input: str
    target: str | None = None
    metadata: Metadata = Metadata()


class AnswerRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line: what was asked, what came, and of what.

    Attributes:
        input: The function.
        generated: The tests that the model wrote.
        target: Those that somebody wrote.
        metadata: What is known of the function.
        ended: The model ended its answer; where not, it ran out of room.
        tokens: How many it wrote.
        seconds: From the begin of its batch to its last token.
        model_sha256: Of the files of the model, or of the base.
        adapter_sha256: Of the adapter.
        manner: All that was asked for.
    """

    input: str
    generated: str
    target: str | None = None
    metadata: Metadata = Metadata()
    ended: bool = True
    tokens: int
    seconds: float
    model_sha256: str
    adapter_sha256: str | None = None
    manner: dict[str, float]


@dataclass(frozen=True)
class Maker:
    """What answers: the model, its tokenizer, in which manner, and the SHA-256 of its files."""

    model: Any
    tokenizer: Any
    manner: Manner
    model_sha256: str
    adapter_sha256: str | None = None

    @property
    def said(self) -> dict[str, float]:
        """What of the manner decides what is written."""
        return {name: getattr(self.manner, name) for name in ("max_new_tokens", "temperature", "top_p", "seed")}


@dataclass
class Done:
    """How much was written, in which time."""

    rows: int = 0
    tokens: int = 0
    seconds: float = 0.0

    @property
    def tokens_per_second(self) -> float | None:
        """The pace; none where nothing was written."""
        return self.tokens / self.seconds if self.tokens and self.seconds else None


def write_answers(asked: Sequence[Asked], maker: Maker, output: Path | None, *, resume: bool = False) -> Done:
    """Has `asked` answered, and writes the lines to `output`, or to stdout.

    Args:
        asked: The functions.
        maker: What answers.
        output: A file that is not there yet.
        resume: Go on with it where it ends; a line that is torn is written anew.

    Raises:
        DirectoryTaken: The file is there, and not to be gone on with.
        UsageError: It cannot be written, or is of other functions, models or settings; nothing is changed then.
    """
    prompts = prompt_ids([each.input for each in asked], maker.tokenizer) if asked else []
    done, step = Done(), maker.manner.batch_size * _BATCHES
    with _lines(output, asked, maker, resume) as (file, there):
        for first in range(there, len(asked), step):
            part = generate(
                maker.model,
                maker.tokenizer,
                prompts[first : first + step],
                first=first,
                **{**maker.said, "batch_size": maker.manner.batch_size},
            )
            rows = _rows(asked[first : first + step], part, maker)
            file.write(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
            file.flush()
            done.rows += len(part.answers)
            done.tokens += part.tokens
            done.seconds += part.elapsed_seconds
    return done


def _rows(asked: Sequence[Asked], part: Generated, maker: Maker) -> Iterator[AnswerRow]:
    for question, answer in zip(asked, part.answers, strict=True):
        yield AnswerRow(
            input=question.input,
            generated=answer.text,
            target=question.target,
            metadata=question.metadata,
            ended=answer.ended,
            tokens=answer.tokens,
            seconds=round(answer.seconds, 4),
            model_sha256=maker.model_sha256,
            adapter_sha256=maker.adapter_sha256,
            manner=maker.said,
        )


@contextmanager
def _lines(output: Path | None, asked: Sequence[Asked], maker: Maker, resume: bool) -> Iterator[tuple[BinaryIO, int]]:
    """The file to write to, and how many lines it holds already."""
    try:
        if output is None:
            yield sys.stdout.buffer, 0
            return
        with open(output, "r+b" if resume and output.exists() else "xb") as file:
            there = _whole_lines(file, output, asked, maker) if resume and file.readable() else 0
            yield file, there
            os.fsync(file.fileno())
    except FileExistsError as error:
        raise DirectoryTaken(
            f"{output} is there already, and nothing is written over: choose another --output, or go on with --resume."
        ) from error
    except OSError as error:
        raise UsageError(f"{output or 'stdout'} cannot be written ({error.strerror or error}).") from error


def _whole_lines(file: BinaryIO, output: Path, asked: Sequence[Asked], maker: Maker) -> int:
    """Leaves `file` at the end of its whole lines, and without what follows; how many there are."""
    made_by = (maker.model_sha256, maker.adapter_sha256, maker.said)
    end = count = 0
    for line in file:
        if not line.endswith(b"\n"):
            break
        try:
            row = msgspec.json.decode(line, type=AnswerRow)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise UsageError(f"{output}:{count + 1} is no answer of kan-train generate ({error}).") from error
        if count >= len(asked) or row.input != asked[count].input:
            raise UsageError(f"{output}:{count + 1} answers another function than is asked: choose another --output.")
        if (row.model_sha256, row.adapter_sha256, row.manner) != made_by:
            raise UsageError(f"{output}:{count + 1} was written by another model or in another manner: choose another.")
        end, count = end + len(line), count + 1
    file.seek(end)
    file.truncate()
    return count
