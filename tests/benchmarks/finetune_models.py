"""Models and rows for `bench_finetune`: of Qwen's kind, with random weights, in the sizes that are compared."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

#: What their configs say; all heads are tied to the embeddings.
SIZES: Final[dict[str, dict[str, int]]] = {
    "tiny, 1 million": {
        "vocab_size": 2048,
        "hidden_size": 128,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "intermediate_size": 384,
    },
    "35 million": {
        "vocab_size": 49152,
        "hidden_size": 384,
        "num_hidden_layers": 10,
        "num_attention_heads": 6,
        "num_key_value_heads": 2,
        "intermediate_size": 1024,
    },
    "0.5 billion": {
        "vocab_size": 151_936,
        "hidden_size": 896,
        "num_hidden_layers": 24,
        "num_attention_heads": 14,
        "num_key_value_heads": 2,
        "intermediate_size": 4864,
    },
}
#: Of each row: how much of it is an answer.
LABELLED: Final = 0.6
_PAD, _END = "<|endoftext|>", "<|im_end|>"
_MASKED: Final = -100


def write_model(folder: Path, size: dict[str, int]) -> int:
    """Writes a model and a tokenizer into `folder`; how many weights it has."""
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM

    tokenizer = _tokenizer()
    tokenizer.save_pretrained(folder)
    ends: dict[str, Any] = {"eos_token_id": tokenizer.eos_token_id, "pad_token_id": tokenizer.pad_token_id}
    torch.manual_seed(0)
    model = Qwen2ForCausalLM(Qwen2Config(**size, **ends, bos_token_id=None, tie_word_embeddings=True))
    model.save_pretrained(folder)
    return sum(parameter.numel() for parameter in model.parameters())


def write_rows(file: Path, lengths: Iterable[int], vocabulary: int) -> Path:
    """Writes rows of made-up tokens, and their labels, into `file`."""
    import torch

    generator = torch.Generator().manual_seed(0)
    rows = []
    for length in lengths:
        ids = torch.randint(3, vocabulary, (length,), generator=generator).tolist()
        asked = round(length * (1 - LABELLED))
        rows.append((ids, [_MASKED] * asked + ids[asked:]))
    file.write_text(json.dumps(rows))
    return file


def _tokenizer() -> Any:
    """Words are beside the point: it knows what is padded with, and what ChatML needs."""
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    known = {_PAD: 0, _END: 1, "<|im_start|>": 2}
    words = Tokenizer(models.WordLevel(known, unk_token=_PAD))
    words.add_special_tokens(list(known))
    return PreTrainedTokenizerFast(tokenizer_object=words, eos_token=_END, pad_token=_PAD)
