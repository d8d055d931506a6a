"""What all groups of settings have in common."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Device = Literal["auto", "cpu", "cuda"]
OnDivergence = Literal["continue", "stop"]


class Section(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One group of settings."""
