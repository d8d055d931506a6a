"""A small causal language model of Qwen2's architecture: new, with random weights, and as a folder once trained."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import torch
from transformers import AutoModelForCausalLM, GenerationConfig, Qwen2Config

from kan_trainer.config.pretrain import ArchitectureConfig
from kan_trainer.finetune.pretraining.tokenizer_training import END_OF_TEXT, TURN_END, for_transformers

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import PreTrainedModel

#: Narrow models learn faster from larger weights than Qwen2's 0.02.
_INITIAL_DEVIATION: Final = 0.05


def qwen2_config(architecture: ArchitectureConfig, tokenizer: Tokenizer) -> Qwen2Config:
    """The config of a model for `tokenizer`."""
    return Qwen2Config(
        architectures=["Qwen2ForCausalLM"],
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=architecture.hidden,
        intermediate_size=architecture.inner,
        num_hidden_layers=architecture.layers,
        num_attention_heads=architecture.heads,
        num_key_value_heads=architecture.shared_heads,
        max_position_embeddings=architecture.positions,
        rope_parameters={"rope_type": "default", "rope_theta": architecture.rope_theta},
        tie_word_embeddings=architecture.tie_embeddings,
        initializer_range=_INITIAL_DEVIATION,
        eos_token_id=tokenizer.token_to_id(TURN_END),
        pad_token_id=tokenizer.token_to_id(END_OF_TEXT),
        bos_token_id=None,
    )


def new_model(architecture: ArchitectureConfig, tokenizer: Tokenizer, seed: int) -> PreTrainedModel:
    """A model with the random weights that `seed` decides, in float32. Other random numbers go on as if it were not.

    What it writes ends where a turn does, or where another text would begin.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model: PreTrainedModel = AutoModelForCausalLM.from_config(
            qwen2_config(architecture, tokenizer), dtype=torch.float32
        )
    end, padding = model.config.eos_token_id, model.config.pad_token_id
    model.generation_config = GenerationConfig(do_sample=False, eos_token_id=[end, padding], pad_token_id=padding)
    return model


def write_base(folder: Path, model: PreTrainedModel, tokenizer: Tokenizer) -> None:
    """Writes what a fine-tuning takes as `--model FOLDER`: weights, config, tokenizer, and how to generate."""
    model.save_pretrained(folder)
    for_transformers(tokenizer, model.config.max_position_embeddings).save_pretrained(folder)
