"""A tokenizer and a model of Qwen's kind that are made in seconds: nothing is fetched, nothing is mocked.

`tokenizer_folder` and `model_folder` are fixtures of the whole session, which `conftest` brings; who wants other sizes
calls the functions.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

import pytest

# Read when the library of the hub is imported. Whether a test passes is not to hang on a network.
os.environ["HF_HUB_OFFLINE"] = "1"

SPECIALS: Final = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
END: Final = "<|im_end|>"
PAD: Final = "<|endoftext|>"
#: How Qwen cuts text into words, before any pair of bytes is merged.
WORDS: Final = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
#: What the tokenizer learns its merges from: the words of the prompt, and Rust as the corpus has it.
TEXTS: Final = (
    "system user assistant Generate comprehensive unit tests and property-based tests for the given function.\n"
    "You are a Rust testing expert. Generate tests for this function:\n\n```rust\n",
    "/// Finds `target` in the ascending `values`; `None` where it is not there.\n"
    "pub fn binary_search(values: &[i32], target: i32) -> Option<usize> {\n"
    "    let (mut low, mut high) = (0, values.len());\n"
    "    while low < high {\n        let middle = low + (high - low) / 2;\n"
    "        match values[middle].cmp(&target) {\n"
    "            Ordering::Equal => return Some(middle),\n            Ordering::Less => low = middle + 1,\n"
    "            Ordering::Greater => high = middle,\n        }\n    }\n    None\n}\n",
    "#[test]\nfn finds_the_first_and_the_last_value() {\n    assert_eq!(binary_search(&[1, 3, 5], 1), Some(0));\n"
    "    assert!(is_prime(2));\n    assert!(!is_prime(4));\n}\n\nproptest! {\n    #[test]\n"
    "    fn whatever_is_found_is_the_target(values in prop::collection::vec(-50i32..50, 0..20)) {\n"
    "        prop_assert_eq!(values.len(), 2u64);\n    }\n}\n",
)


def tiny_tokenizer(folder: Path, *, vocabulary_size: int = 512) -> Path:
    """Writes a tokenizer of Qwen's kind into `folder`: pairs of bytes, NFC, no template, `<|im_end|>` at the end."""
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(WORDS), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary_size,
        min_frequency=1,
        special_tokens=list(SPECIALS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(TEXTS, trainer)
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token=END, pad_token=PAD, clean_up_tokenization_spaces=False
    ).save_pretrained(folder)
    return folder


def tiny_model_folder(folder: Path, *, seed: int = 0, **overrides: Any) -> Path:
    """Writes a Qwen2 model of random weights and its tokenizer into `folder`; `overrides` are those of its config."""
    import torch
    from transformers import AutoTokenizer, Qwen2Config, Qwen2ForCausalLM

    tokenizer = AutoTokenizer.from_pretrained(tiny_tokenizer(folder))
    settings = {
        "vocab_size": len(tokenizer),
        "hidden_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "intermediate_size": 128,
        "max_position_embeddings": 2048,
        "tie_word_embeddings": True,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
        "bos_token_id": None,
    }
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = Qwen2ForCausalLM(Qwen2Config(**{**settings, **overrides}))
    model.save_pretrained(folder, safe_serialization=True)
    return folder


@pytest.fixture(scope="session")
def tokenizer_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tokenizer alone."""
    return tiny_tokenizer(tmp_path_factory.mktemp("tokenizer"))


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a model of 2 layers and 64 wide, and its tokenizer. Nobody writes into it."""
    return tiny_model_folder(tmp_path_factory.mktemp("model"))
