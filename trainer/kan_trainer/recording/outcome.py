"""How a run ended, by the exception that left its block."""

from __future__ import annotations

from typing import Literal

from kan_trainer.recording.orders import Diverged
from kan_trainer.recording.signals import Stopped

Outcome = Literal["complete", "stopped", "error"]


def outcome_of(error: BaseException | None) -> tuple[Outcome, str | None]:
    """The outcome, and the message that says why."""
    match error:
        case None:
            return "complete", None
        case KeyboardInterrupt():
            return "stopped", "stopped by SIGINT"
        case Stopped():
            return "stopped", str(error)
        case SystemExit():
            return "stopped", f"the process exited with {error.code!r}"
        case Diverged():
            return "error", str(error)
        case _:
            return "error", f"{type(error).__name__}: {error}"
