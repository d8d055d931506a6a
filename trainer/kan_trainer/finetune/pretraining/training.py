"""A pretraining through the loop of a fine-tuning, with all its exactness: all tokens labelled, all weights moved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from kan_trainer.config.finetune import CorpusConfig, FinetuneConfig, ModelConfig, Precision, TuningConfig
from kan_trainer.config.pretrain import PretrainConfig
from kan_trainer.finetune.loop import FineTuning
from kan_trainer.finetune.pretraining.preparation import prepare
from kan_trainer.finetune.pretraining.tokenizer_training import for_transformers
from kan_trainer.finetune.ranks import Ranks
from kan_trainer.finetune.samples import Prompt, Sampler
from kan_trainer.finetune.tokens import TokenRow

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

#: What a CPU that multiplies in bfloat16 says of itself.
_BFLOAT16_FLAGS: Final = {"avx512_bf16", "amx_bf16", "bf16"}


def pretraining(config: PretrainConfig, ranks: Ranks) -> FineTuning:
    """The training that `config` asks for, at its beginning.

    Raises:
        UsageError: There is no text, or too little of it.
    """
    made = prepare(config)
    tokenizer = for_transformers(made.tokenizer, config.architecture.positions)
    return FineTuning(
        cast(Any, made.model).to(ranks.device),
        as_finetuning(config),
        ([TokenRow(ids, ids) for ids in made.train], [TokenRow(ids, ids) for ids in made.validation]),
        title=f"{len(made.texts.documents)} texts",
        tokenizer=tokenizer,
        model_name=f"new Qwen2 of {made.model.num_parameters() / 1e6:.2f} M weights",
        sampler=Sampler(
            [_continuation(ids, tokenizer) for ids in made.validation],
            tokenizer,
            count=config.samples.sample_count,
            max_new_tokens=config.samples.sample_tokens,
        ),
        ranks=ranks,
    )


def as_finetuning(config: PretrainConfig) -> FinetuneConfig:
    """The same in the words of a fine-tuning: one pass over the rows of the whole run."""
    told = config.training
    shared = {name: getattr(told, name) for name in TuningConfig.__struct_fields__ if hasattr(told, name)}
    return FinetuneConfig(
        model=ModelConfig(model="base", method="full", precision=_precision(told.precision)),
        data=CorpusConfig(max_length=told.context, length_bucketing=False),
        training=TuningConfig(epochs=1, gradient_accumulation_steps=1, **shared),
        samples=config.samples,
    )


def _continuation(ids: list[int], tokenizer: PreTrainedTokenizerBase) -> Prompt:
    """The first half of a row, to be gone on with."""
    half = len(ids) // 2
    return Prompt(ids[:half], str(tokenizer.decode(ids[:half])), str(tokenizer.decode(ids[half:])))


def _precision(told: Precision) -> Precision:
    """bfloat16 where the CPU has it: a third more tokens a second, and the same loss."""
    if told != "auto":
        return told
    try:
        flags = set(Path("/proc/cpuinfo").read_text().split())
    except OSError:
        return told
    return "bfloat16" if flags & _BFLOAT16_FLAGS else told
