"""The tokenizer of a model, with our template, and refused where training with it would go wrong silently."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kan_shared.errors import UsageError
from kan_trainer.finetune.libraries import library, reason
from kan_trainer.finetune.prompt import END, START, TEMPLATE

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

#: What pads where a tokenizer names nothing: Qwen's, and many others', end of a text.
_USUAL_PAD: Final = "<|endoftext|>"


def load_tokenizer(model: str, pad_token: str | None = None) -> PreTrainedTokenizerBase:
    """The tokenizer of `model`, a folder or a name of the hub, with our template; a text ends with `<|im_end|>`.

    Code that comes with a model is never run, and with `HF_HUB_OFFLINE` nothing is fetched.

    Raises:
        UsageError: There is none, it does not know ChatML's tokens, or there is nothing good to pad with.
    """
    tokenizer = _load(model)
    for token in (START, END):
        _require_token(tokenizer, token, model, "it was not made for ChatML; choose a model of Qwen's kind")
    tokenizer.chat_template = TEMPLATE
    tokenizer.eos_token = END
    tokenizer.pad_token = _pad(tokenizer, pad_token, model)
    return tokenizer


def _load(model: str) -> PreTrainedTokenizerBase:
    tokenizers = library("transformers").AutoTokenizer
    folder = Path(os.path.expanduser(model))  # the method of `Path` fails on ~nobody
    if os.path.isdir(folder) and not any(folder.glob("tokenizer*")):
        raise UsageError(f"{folder} holds no tokenizer (tokenizer.json): name a folder with one, or a name of the hub.")
    try:
        loaded: PreTrainedTokenizerBase = tokenizers.from_pretrained(
            str(folder) if os.path.isdir(folder) else model, trust_remote_code=False
        )
    except Exception as error:  # whatever a foreign file can bring about in a foreign library
        why = reason(error)
        raise UsageError(
            f"the tokenizer of {model} cannot be loaded ({why}): name a folder, or a model of the hub."
        ) from error
    return loaded


def _require_token(tokenizer: PreTrainedTokenizerBase, token: str, model: str, advice: str) -> None:
    if len(tokenizer.encode(token, add_special_tokens=False)) != 1 or token not in tokenizer.get_vocab():
        raise UsageError(f"The tokenizer of {model} has no single token {token}: {advice}.")


def _pad(tokenizer: PreTrainedTokenizerBase, asked: str | None, model: str) -> str:
    """The token to pad with; never the one that ends an answer, which would be masked with the padding."""
    vocabulary = tokenizer.get_vocab()
    pad = asked or tokenizer.pad_token or (_USUAL_PAD if _USUAL_PAD in vocabulary else None)
    if pad is None:
        raise UsageError(f"The tokenizer of {model} has no padding token: name one of its tokens with --pad-token.")
    _require_token(tokenizer, pad, model, "name another with --pad-token")
    if pad == END:
        raise UsageError(
            f"The tokenizer of {model} would pad with {END}, which ends an answer, and a model trained so never stops:"
            f" name another token with --pad-token."
        )
    return pad
