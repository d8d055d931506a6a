"""One sentence for a setting that is out of bounds."""

from __future__ import annotations

from kan_shared.errors import UsageError


def require(holds: bool, name: str, bounds: str, value: object) -> None:
    """Does nothing where `holds`.

    Raises:
        UsageError: `name` must be `bounds`, not `value`.
    """
    if not holds:
        raise UsageError(f"{name} must be {bounds}, not {value}.")
