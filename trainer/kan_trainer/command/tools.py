"""What `kan-train` does beside training: the words, whose modules are in `kan_trainer.tools`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

#: The words, and what each does.
TOOLS: Final[Mapping[str, str]] = {
    "corpus": "check a corpus of functions and tests, and say what is in it",
    "generate": "let a model write tests for functions",
    "merge": "make one model of a base and its adapter, or export the adapter",
    "reproduce": "do a run again, and say whether it is the same to the last bit",
}
