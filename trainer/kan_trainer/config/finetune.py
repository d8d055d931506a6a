"""The fine-tuning of a causal language model. Names are those of the recipe that users know."""

from __future__ import annotations

import math
from typing import Annotated, Final, Literal

from msgspec import Meta

from kan_trainer.checks import require
from kan_trainer.config.section import Device, OnDivergence, Section

Method = Literal["qlora", "lora", "full"]
Precision = Literal["auto", "bfloat16", "float32"]
Attention = Literal["auto", "eager", "sdpa", "flash_attention_2"]
TooLong = Literal["truncate", "drop", "refuse"]
ControlTokens = Literal["refuse", "escape"]
Sharding = Literal["ddp", "fsdp"]
Switch = Literal["auto", "on", "off"]

#: The corpus that is shipped.
RUST_TESTS: Final = "rust-tests"
#: The seven projections of a layer of Llama, Qwen, Mistral and most of their kin.
PROJECTIONS: Final = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


class ModelConfig(Section, frozen=True, kw_only=True):
    """Which model, and how it is held."""

    model: Annotated[str, Meta(description="folder of the base model, or its name on the Hugging Face hub")] = (
        "Qwen/Qwen2.5-Coder-0.5B-Instruct"
    )
    method: Annotated[Method, Meta(description="LoRA over 4-bit weights, LoRA, or all weights")] = "qlora"
    precision: Annotated[
        Precision, Meta(description="what is computed in; auto: bfloat16 for qlora and on CUDA, float32 otherwise")
    ] = "auto"
    attention: Annotated[
        Attention, Meta(description="its kernel; auto: flash attention where it is installed, PyTorch's otherwise")
    ] = "auto"
    gradient_checkpointing: Annotated[
        Switch, Meta(description="compute activations twice to save memory; auto: on GPUs of less than 16 GB")
    ] = "auto"
    pad_token: Annotated[str | None, Meta(description="the token to pad with, where the tokenizer has none")] = None


class LoraConfig(Section, frozen=True, kw_only=True):
    """The low-rank matrices beside the frozen weights."""

    rank: Annotated[int, Meta(description="columns of each pair of matrices")] = 16
    alpha: Annotated[float, Meta(description="their product counts alpha/rank times")] = 32.0
    dropout: Annotated[float, Meta(description="share of their inputs that is dropped in training")] = 0.05
    target_modules: Annotated[tuple[str, ...], Meta(description="layers that get them")] = PROJECTIONS
    rslora: Annotated[bool, Meta(description="count their product alpha/√rank times")] = False
    dora: Annotated[bool, Meta(description="learn the magnitudes of the weights apart (DoRA)")] = False

    def __post_init__(self) -> None:
        require(self.rank >= 1, "rank", "at least 1", self.rank)
        require(0 < self.alpha < math.inf, "alpha", "more than 0", self.alpha)
        require(0 <= self.dropout < 1, "dropout", "0 or more and less than 1", self.dropout)
        require(bool(self.target_modules), "target_modules", "one or more", "none")


class CorpusConfig(Section, frozen=True, kw_only=True):
    """What is learned from."""

    dataset: Annotated[
        str, Meta(description="JSONL file, folder of them, name on the hub, or rust-tests, which is shipped")
    ] = RUST_TESTS
    validation_fraction: Annotated[float, Meta(description="share to hold out, of a data set without splits")] = 0.1
    test_fraction: Annotated[float, Meta(description="share to keep for the evaluation, of one without splits")] = 0.1
    max_length: Annotated[int, Meta(description="tokens of the longest row")] = 1024
    too_long: Annotated[TooLong, Meta(description="what to do with longer rows")] = "truncate"
    control_tokens: Annotated[ControlTokens, Meta(description="what to do with <|im_start|> and its like in a row")] = (
        "refuse"
    )
    packing: Annotated[bool, Meta(description="fill sequences of max_length with several rows")] = False
    length_bucketing: Annotated[bool, Meta(description="put rows of like length into one batch")] = True

    def __post_init__(self) -> None:
        for name in ("validation_fraction", "test_fraction"):
            require(0 <= getattr(self, name) < 1, name, "0 or more and less than 1", getattr(self, name))
        require(self.max_length >= 8, "max_length", "at least 8", self.max_length)


class LanguageSteps(Section, frozen=True, kw_only=True):
    """How the weights of a language model follow from rows, whichever rows they are."""

    learning_rate: Annotated[float, Meta(description="its peak, after the warm-up")] = 2e-4
    betas: Annotated[tuple[float, float], Meta(description="AdamW's memory of gradients and of their squares")] = (
        0.9,
        0.999,
    )
    weight_decay: Annotated[float, Meta(description="AdamW's, decoupled from the gradient")] = 0.01
    warmup_ratio: Annotated[float, Meta(description="share of the steps in which the rate rises")] = 0.03
    min_lr_ratio: Annotated[float, Meta(description="share of the peak that the cosine ends at")] = 0.1
    gradient_clipping: Annotated[float, Meta(description="largest norm of the gradient; 0: any")] = 1.0
    validate_steps: Annotated[int, Meta(description="steps between validations; 0: once an epoch")] = 0
    save_steps: Annotated[int, Meta(description="steps between checkpoints, beside those with a new best")] = 500
    seed: Annotated[int, Meta(description="of weights, batches and all else that is random")] = 42
    threads: Annotated[int, Meta(description="CPU threads; 0: one for each core")] = 0
    device: Annotated[Device, Meta(description="where to train; auto: on CUDA where there is one")] = "auto"
    sharding: Annotated[
        Sharding, Meta(description="of several processes: each holds the whole model, or a part of it (FSDP2)")
    ] = "ddp"

    def __post_init__(self) -> None:
        require(0 < self.learning_rate < math.inf, "learning_rate", "more than 0", self.learning_rate)
        require(all(0 <= beta < 1 for beta in self.betas), "betas", "0 or more and less than 1", self.betas)
        for name in ("weight_decay", "gradient_clipping"):
            require(0 <= getattr(self, name) < math.inf, name, "0 or more", getattr(self, name))
        for name in ("warmup_ratio", "min_lr_ratio"):
            require(0 <= getattr(self, name) <= 1, name, "between 0 and 1", getattr(self, name))
        for name in ("validate_steps", "threads"):
            require(getattr(self, name) >= 0, name, "0 or more", getattr(self, name))
        require(self.save_steps >= 1, "save_steps", "at least 1", self.save_steps)
        require(0 <= self.seed < 2**63, "seed", "between 0 and 2^63 - 1", self.seed)


class TuningConfig(LanguageSteps, frozen=True, kw_only=True):
    """How weights follow from the rows of a corpus."""

    epochs: Annotated[int, Meta(description="passes over the rows")] = 3
    batch_size: Annotated[int, Meta(description="sequences that go through the model at once")] = 4
    gradient_accumulation_steps: Annotated[int, Meta(description="such batches a step, of all processes together")] = 4
    neftune_alpha: Annotated[float, Meta(description="noise on the embeddings in training (NEFTune); 0: none")] = 0.0
    early_stopping: Annotated[int, Meta(description="validations without a better one that end the run; 0: any")] = 0
    max_checkpoints: Annotated[int, Meta(description="checkpoints that are kept, the best one among them")] = 3
    on_divergence: Annotated[OnDivergence, Meta(description="what to do when the validation loss is not finite")] = (
        "stop"
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("epochs", "batch_size", "gradient_accumulation_steps"):
            require(getattr(self, name) >= 1, name, "at least 1", getattr(self, name))
        require(self.max_checkpoints >= 2, "max_checkpoints", "at least 2", self.max_checkpoints)
        require(0 <= self.neftune_alpha < math.inf, "neftune_alpha", "0 or more", self.neftune_alpha)
        require(self.early_stopping >= 0, "early_stopping", "0 or more", self.early_stopping)


class SamplesConfig(Section, frozen=True, kw_only=True):
    """What the model writes while it learns, for a person to read."""

    sample_steps: Annotated[int, Meta(description="steps between samples; 0: with each validation")] = 0
    sample_count: Annotated[int, Meta(description="held-out rows whose answers are written each time; 0: none")] = 2
    sample_tokens: Annotated[int, Meta(description="tokens of the longest answer")] = 160

    def __post_init__(self) -> None:
        for name in ("sample_steps", "sample_count"):
            require(getattr(self, name) >= 0, name, "0 or more", getattr(self, name))
        require(self.sample_tokens >= 1, "sample_tokens", "at least 1", self.sample_tokens)


class FinetuneConfig(Section, frozen=True, kw_only=True, tag_field="task", tag="finetune"):
    """A training that teaches a language model to answer as its rows do."""

    model: ModelConfig = ModelConfig()
    lora: LoraConfig = LoraConfig()
    data: CorpusConfig = CorpusConfig()
    training: TuningConfig = TuningConfig()
    samples: SamplesConfig = SamplesConfig()
