"""The tokenizer and the model that the tests of fine-tuning are made with."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("transformers")

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from .tiny_models import SPECIALS, tiny_model_folder


def test_the_tokenizer_gives_back_what_it_was_given(tokenizer_folder: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tokenizer_folder)
    text = 'fn é() {\r\n\t"🦀"\n}  '
    assert tokenizer.decode(tokenizer(text)["input_ids"]) == text
    assert [len(tokenizer(token)["input_ids"]) for token in SPECIALS] == [1, 1, 1]
    assert (tokenizer.eos_token, tokenizer.pad_token, tokenizer.chat_template) == ("<|im_end|>", "<|endoftext|>", None)


def test_the_model_is_loaded_and_the_same_for_the_same_seed(model_folder: Path, tmp_path: Path) -> None:
    model = AutoModelForCausalLM.from_pretrained(model_folder)
    assert model(input_ids=torch.tensor([[1, 2, 3]])).logits.shape == (1, 3, model.config.vocab_size)
    again = tiny_model_folder(tmp_path / "again")
    other = tiny_model_folder(tmp_path / "other", seed=1, num_hidden_layers=1)
    weights = [(folder / "model.safetensors").read_bytes() for folder in (model_folder, again, other)]
    assert weights[0] == weights[1] != weights[2]
