"""The producer: `Run` records any training loop; `train` is `kan-train` as a call.

Importing this package loads no torch: `Run` takes tensors without knowing them, and `train` is fetched when it is asked
for. `Diverged` is what `Run.obey` raises.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kan_trainer.recording.orders import Diverged
from kan_trainer.run import Run

if TYPE_CHECKING:
    from kan_trainer.trainings import train

__all__ = ["Diverged", "Run", "train"]


def __getattr__(name: str) -> Any:
    if name == "train":
        from kan_trainer.trainings import train

        return train
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
