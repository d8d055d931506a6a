"""What the tests of the contract share: a state to begin with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from kan_shared.liveness import this_process
from kan_shared.state import State

MakeState = Callable[..., State]


@pytest.fixture(scope="session")
def make_state() -> MakeState:
    """A small valid state of this process, with the given changes."""
    state = State(
        run_id="7f3a",
        name="digits",
        status="running",
        producer=this_process(),
        revision=1,
        started_seconds=1000.0,
        heartbeat_seconds=1100.0,
        elapsed_seconds=100.0,
    )

    def make(**changes: Any) -> State:
        return msgspec.structs.replace(state, **changes)

    return make
