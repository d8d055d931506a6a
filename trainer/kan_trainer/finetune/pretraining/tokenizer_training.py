"""A tokenizer from text alone: byte-level BPE, built as Qwen2's is, so that whatever takes that one takes ours.

Source: R. Sennrich, B. Haddow, A. Birch, Neural Machine Translation of Rare Words with Subword Units, arXiv:1508.07909.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from kan_shared.errors import UsageError

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import PreTrainedTokenizerFast

END_OF_TEXT: Final = "<|endoftext|>"
TURN_START: Final = "<|im_start|>"
TURN_END: Final = "<|im_end|>"
#: Tokens that no text can spell: they come last, as in Qwen2.
SPECIAL_TOKENS: Final = (END_OF_TEXT, TURN_START, TURN_END)

#: Every byte is a token of its own, so that there is no text without tokens.
SMALLEST_VOCABULARY: Final = 256 + len(SPECIAL_TOKENS)

#: Where words part: no merge crosses from a word to the next. A digit is a word of its own, as in Qwen2.
_WORDS: Final = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def train_tokenizer(texts: Iterable[str], vocabulary: int) -> Tokenizer:
    """A tokenizer of at most `vocabulary` tokens, special ones included. The same texts give the same tokenizer.

    What it encodes it decodes to the same text again, in Unicode's normal form C.

    Raises:
        UsageError: `vocabulary` has no room for every byte.
    """
    from tokenizers import trainers

    if vocabulary < SMALLEST_VOCABULARY:
        raise UsageError(f"vocabulary must be at least {SMALLEST_VOCABULARY}, not {vocabulary}.")
    tokenizer = _untrained()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary - len(SPECIAL_TOKENS), initial_alphabet=_bytes(), show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_special_tokens(list(SPECIAL_TOKENS))
    return tokenizer


def for_transformers(tokenizer: Tokenizer, positions: int) -> PreTrainedTokenizerFast:
    """`tokenizer` as transformers wants it: a text ends where a turn does, and is padded with another token."""
    from transformers import PreTrainedTokenizerFast

    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token=TURN_END,
        pad_token=END_OF_TEXT,
        additional_special_tokens=[TURN_START],
        model_max_length=positions,
        clean_up_tokenization_spaces=False,
    )


def _untrained() -> Tokenizer:
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    words = pre_tokenizers.Split(Regex(_WORDS), behavior="isolated")
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([words, byte_level])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    return tokenizer


def _bytes() -> list[str]:
    from tokenizers import pre_tokenizers

    return sorted(pre_tokenizers.ByteLevel.alphabet())
