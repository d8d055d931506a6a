"""From settings to a training that can begin: rows are read and cut into tokens, the model is loaded and adapted."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.console import Console

from kan_shared.errors import UsageError
from kan_trainer.config.finetune import CorpusConfig, FinetuneConfig
from kan_trainer.finetune.corpus.row import Row
from kan_trainer.finetune.corpus.sources import Corpus, read_corpus
from kan_trainer.finetune.loop import FineTuning
from kan_trainer.finetune.model import build_model, model_title, require_context, require_fit, require_there
from kan_trainer.finetune.preview import preview
from kan_trainer.finetune.ranks import Ranks
from kan_trainer.finetune.samples import Prompt, Sampler
from kan_trainer.finetune.tokenizer import load_tokenizer
from kan_trainer.finetune.tokens import MASKED, Tokenized, tokenize

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_log = logging.getLogger("kan_trainer")


def prepare(config: FinetuneConfig, ranks: Ranks) -> FineTuning:
    """The training that `config` asks for, at its beginning.

    Raises:
        KanError: The rows or the model cannot be used; the rows are looked at first, since that is quick.
    """
    if ranks.count > config.training.gradient_accumulation_steps:
        raise UsageError(
            f"{ranks.count} processes share the gradient_accumulation_steps of each step, of which there are"
            f" {config.training.gradient_accumulation_steps}: ask for as many or more."
        )
    corpus = corpus_of(config)
    if not corpus.validation:
        raise UsageError(
            f"{corpus.title} has no validation split: bring a validation.jsonl, or set validation_fraction above 0."
        )
    tokenizer = _tokenizer(config)
    training, validation = (_tokens(corpus, name, tokenizer, config.data) for name in ("train", "validation"))
    model = build_model(config, ranks.device)
    require_fit(model, tokenizer)
    return FineTuning(
        model,
        config,
        (training.rows, validation.rows),
        title=corpus.title,
        model_name=_model_name(config),
        tokenizer=tokenizer,
        sampler=Sampler(
            _prompts(corpus.validation, validation),
            tokenizer,
            count=config.samples.sample_count,
            max_new_tokens=config.samples.sample_tokens,
        ),
        ranks=ranks,
    )


def show_rows(config: FinetuneConfig, count: int = 3) -> None:
    """Prints the first rows as they would be learned.

    Raises:
        KanError: They cannot be used.
    """
    tokenizer = _tokenizer(config)
    found = _tokens(corpus_of(config), "train", tokenizer, config.data)
    preview(found.rows[:count], tokenizer, Console(highlight=False))


@lru_cache(maxsize=1)  # the lock asks for it once more
def corpus_of(config: FinetuneConfig) -> Corpus:
    """The rows that `config` asks for.

    Raises:
        KanError: They cannot be read, or are not as they should be.
    """
    data = config.data
    return read_corpus(
        data.dataset,
        seed=config.training.seed,
        validation_fraction=data.validation_fraction,
        test_fraction=data.test_fraction,
        control_tokens=data.control_tokens,
    )


def _tokenizer(config: FinetuneConfig) -> PreTrainedTokenizerBase:
    require_there(config.model.model)
    require_context(config.model.model, config.data.max_length)
    return load_tokenizer(config.model.model, config.model.pad_token)


def _model_name(config: FinetuneConfig) -> str:
    method = config.model.method
    return f"{model_title(config.model.model)} {method}{'' if method == 'full' else f' rank {config.lora.rank}'}"


def _tokens(corpus: Corpus, split: str, tokenizer: PreTrainedTokenizerBase, config: CorpusConfig) -> Tokenized:
    found = tokenize(getattr(corpus, split), tokenizer, max_length=config.max_length, too_long=config.too_long)
    _log.info("%s: %d rows, %d truncated, %d dropped", split, len(found.rows), found.truncated, found.dropped)
    return found


def _prompts(rows: Sequence[Row], found: Tokenized) -> list[Prompt]:
    """What precedes the first label of each row."""
    return [
        Prompt(ids=cut.ids[: cut.labels.count(MASKED)], input=rows[place].input, target=rows[place].output)
        for place, cut in zip(found.positions, found.rows, strict=True)
    ]
