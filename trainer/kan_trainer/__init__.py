"""The producer: `Run` records any training loop; `kan-train` is a trainer of Kolmogorov-Arnold networks built on it.

Importing this package loads no torch: `Run` takes tensors without knowing them. `Diverged` is what `Run.obey` raises.
"""

from kan_trainer.recording.orders import Diverged
from kan_trainer.run import Run

__all__ = ["Diverged", "Run"]
