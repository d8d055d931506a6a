"""What a rule finds at one look."""

from __future__ import annotations

from typing import Final, Literal, get_args

from msgspec import Struct

from kan_monitor.thresholds import Severity

#: What goes wrong; `alert` is what the run itself says of it.
Kind = Literal[
    "nan",
    "spike",
    "divergence",
    "plateau",
    "gradients",
    "oom",
    "heat",
    "coverage",
    "throughput",
    "slow",
    "stall",
    "crash",
    "unreachable",
    "alert",
]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


class Finding(Struct, frozen=True, kw_only=True):
    """One thing that is wrong, or was until just now.

    Where a series tells when it began and was last so, steps and seconds are those of its records; `None` where it is
    so at the moment of the look. Names of the run's own are in the texts as they are: what shows them makes them safe.
    """

    #: The same at every look as long as it is the same thing.
    key: str
    kind: Kind
    severity: Severity
    verdict: str
    evidence: str
    action: str
    step: int | None = None
    seconds: float | None = None
    last_step: int | None = None
    last_seconds: float | None = None
    #: Whether it has passed.
    over: bool = False
