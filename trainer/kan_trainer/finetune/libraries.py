"""transformers, peft and bitsandbytes as this package wants them: quiet, and without code from the net.

Imported before any of them.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Final, cast

from kan_shared.errors import MissingExtra
from kan_shared.text import safe_line

_QUIET: Final = ("bitsandbytes.backends.cpu.ops", "torchao", "torch.distributed")


def library(name: str) -> Any:
    """The module `name` of one of the libraries, or of what is inside one.

    Raises:
        MissingExtra: It is not installed.
    """
    _allow_no_kernels()
    for noisy in _QUIET:
        logging.getLogger(noisy).setLevel(logging.ERROR)
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # it warns of forks otherwise
    try:
        with quietly():
            module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise MissingExtra("kan-train", "finetune", (error.name or name).partition(".")[0]) from error
    if name.partition(".")[0] == "transformers":
        _make_quiet()
    return module


@contextmanager
def quietly() -> Iterator[None]:
    """Inside the block nothing is said of what one library calls in another, and soon may not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


def reason(error: Exception) -> str:
    """Why one of the libraries cannot do what it was asked for, in a few words."""
    text = " ".join(str(error).split()) or type(error).__name__
    if "huggingface.co" in text or "outgoing traffic" in text:
        return (
            "it is no folder here, not in the hub's cache, and the hub is not asked (HF_HUB_OFFLINE) or does not answer"
        )
    return safe_line(text.partition(". ")[0].rstrip("."), 300)


def _allow_no_kernels() -> None:
    """With the package `kernels` bitsandbytes and transformers would fetch code from the hub, and run it."""
    if "kernels" not in sys.modules:
        sys.modules["kernels"] = cast(ModuleType, None)


def _make_quiet() -> None:
    from transformers.utils import logging as messages

    messages.set_verbosity_error()
    messages.disable_progress_bar()
