"""From settings to all that a training of a base model needs: the same settings and texts give the same, to the bit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kan_shared.errors import UsageError
from kan_trainer.config.pretrain import PretrainConfig
from kan_trainer.finetune.pretraining.rows import repeated, rows_of
from kan_trainer.finetune.pretraining.texts import Texts, texts_of
from kan_trainer.finetune.pretraining.tiny_model import new_model
from kan_trainer.finetune.pretraining.tokenizer_training import train_tokenizer

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import PreTrainedModel


@dataclass(frozen=True)
class Prepared:
    """What a pretraining begins with.

    Attributes:
        texts: What was read; `sha256` is to be recorded.
        tokenizer: Trained on all of it.
        model: Of random weights.
        train: The rows of the whole run in order, `batch_size` for each of its `steps`: so it is one epoch of them.
        validation: Rows that are never trained on.
    """

    texts: Texts
    tokenizer: Tokenizer
    model: PreTrainedModel
    train: list[list[int]]
    validation: list[list[int]]


def prepare(config: PretrainConfig, recorded_sha256: str | None = None) -> Prepared:
    """All that a pretraining by `config` begins with, or goes on with where its texts have `recorded_sha256`.

    Raises:
        UsageError: There is no text, too little of it, or no longer the one that was recorded.
    """
    texts = texts_of(config)
    if recorded_sha256 not in (None, texts.sha256):
        raise UsageError(
            "the texts are no longer those that this run began with, so that it cannot go on: "
            "put the files back as they were, or begin a new run in another directory."
        )
    tokenizer = train_tokenizer(texts.documents, config.text.vocabulary)
    training = config.training
    rows = rows_of(texts.documents, tokenizer, training.context, config.text.validation_fraction)
    return Prepared(
        texts=texts,
        tokenizer=tokenizer,
        model=new_model(config.architecture, tokenizer, training.seed),
        train=repeated(rows.train, training.steps * training.batch_size, training.seed),
        validation=rows.validation,
    )
