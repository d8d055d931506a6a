"""What a base model is made of when there is none to begin from: text, architecture, training. Knows no torch."""

from __future__ import annotations

import math
from typing import Annotated, Final

from msgspec import Meta

from kan_trainer.checks import require
from kan_trainer.config.finetune import LanguageSteps, Precision, SamplesConfig
from kan_trainer.config.section import Section

#: The text that needs no files: the shipped corpus, and the Rust sources found on this machine.
AUTO: Final = "auto"


class TextConfig(Section, frozen=True, kw_only=True):
    """What is read, and how it is cut into tokens."""

    text: Annotated[str, Meta(description="file or folder to learn from; auto: our corpus, and Rust found here")] = AUTO
    max_megabytes: Annotated[float, Meta(description="most text that is read, in millions of bytes")] = 4.0
    vocabulary: Annotated[int, Meta(description="tokens of the tokenizer that is trained, special ones included")] = (
        2048
    )
    validation_fraction: Annotated[float, Meta(description="share of the text to hold out, its end")] = 0.02

    def __post_init__(self) -> None:
        require(0 < self.max_megabytes < math.inf, "max_megabytes", "more than 0", self.max_megabytes)
        require(259 <= self.vocabulary <= 1_000_000, "vocabulary", "between 259 and a million", self.vocabulary)
        require(0 < self.validation_fraction < 1, "validation_fraction", "between 0 and 1", self.validation_fraction)


class ArchitectureConfig(Section, frozen=True, kw_only=True):
    """A causal language model of Qwen2's architecture."""

    hidden: Annotated[int, Meta(description="width of the model")] = 128
    intermediate: Annotated[int, Meta(description="width inside a layer's perceptron; 0: three times hidden")] = 0
    layers: Annotated[int, Meta(description="decoder layers")] = 2
    heads: Annotated[int, Meta(description="attention heads")] = 4
    kv_heads: Annotated[int, Meta(description="heads of keys and values, shared among the others; 0: half of them")] = 0
    positions: Annotated[int, Meta(description="longest text that the model's config allows, in tokens")] = 2048
    rope_theta: Annotated[float, Meta(description="base of the rotary position embedding")] = 10_000.0
    tie_embeddings: Annotated[bool, Meta(description="one matrix for reading tokens and for writing them")] = True

    def __post_init__(self) -> None:
        for name, most in (("hidden", 8192), ("layers", 128), ("heads", 128), ("positions", 1_048_576)):
            require(1 <= getattr(self, name) <= most, name, f"between 1 and {most}", getattr(self, name))
        for name in ("intermediate", "kv_heads"):
            require(getattr(self, name) >= 0, name, "0 or more", getattr(self, name))
        require(self.hidden % (2 * self.heads) == 0, "hidden", f"an even multiple of heads={self.heads}", self.hidden)
        shared = self.shared_heads
        require(self.heads % shared == 0, "kv_heads", f"a divisor of heads={self.heads}", shared)
        require(1 < self.rope_theta < math.inf, "rope_theta", "more than 1", self.rope_theta)

    @property
    def shared_heads(self) -> int:
        """Heads of keys and values."""
        return self.kv_heads or max(1, self.heads // 2)

    @property
    def inner(self) -> int:
        """Width inside a layer's perceptron."""
        return self.intermediate or 3 * self.hidden


class PretrainTrainingConfig(LanguageSteps, frozen=True, kw_only=True):
    """How the loop trains the model: as in a fine-tuning, on rows whose every token is learned."""

    context: Annotated[int, Meta(description="tokens of a row; texts follow each other in rows without a gap")] = 256
    steps: Annotated[int, Meta(description="steps of the whole run")] = 1200
    batch_tokens: Annotated[int, Meta(description="tokens a step")] = 512
    precision: Annotated[Precision, Meta(description="what is computed in; auto: bfloat16 where the device has it")] = (
        "auto"
    )
    learning_rate: Annotated[float, Meta(description="its peak, after the warm-up")] = 0.004
    betas: Annotated[tuple[float, float], Meta(description="AdamW's memory of gradients and of their squares")] = (
        0.9,
        0.95,
    )
    weight_decay: Annotated[float, Meta(description="AdamW's, decoupled from the gradient")] = 0.1
    warmup_ratio: Annotated[float, Meta(description="share of the steps in which the rate rises")] = 0.05
    min_lr_ratio: Annotated[float, Meta(description="share of the peak that the cosine ends at")] = 0.0
    validate_steps: Annotated[int, Meta(description="steps between validations; 0: in the end")] = 400
    threads: Annotated[int, Meta(description="CPU threads; more than one only help large models; 0: each core")] = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        require(self.steps >= 1, "steps", "at least 1", self.steps)
        require(self.context >= 2, "context", "at least 2", self.context)
        require(self.batch_tokens >= self.context, "batch_tokens", f"context={self.context} or more", self.batch_tokens)

    @property
    def batch_size(self) -> int:
        """Rows a step."""
        return self.batch_tokens // self.context


class PretrainConfig(Section, frozen=True, kw_only=True, tag_field="task", tag="pretrain"):
    """A training that makes a base model from text alone."""

    text: TextConfig = TextConfig()
    architecture: ArchitectureConfig = ArchitectureConfig()
    training: PretrainTrainingConfig = PretrainTrainingConfig()
    samples: SamplesConfig = SamplesConfig(sample_tokens=64)

    def __post_init__(self) -> None:
        context, positions = self.training.context, self.architecture.positions
        require(context <= positions, "context", f"at most positions={positions}", context)
