"""Kolmogorov-Arnold networks: on every edge a learned function of one variable, a B-spline plus a smooth base.

Importing this package loads no torch; the first use of a name that needs it does. `KANConfig` needs none.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from kan_trainer.kan.config import KANConfig

if TYPE_CHECKING:
    from kan_trainer.kan.basis import bspline_basis, bspline_derivative
    from kan_trainer.kan.layer import KANLayer
    from kan_trainer.kan.network import KAN
    from kan_trainer.kan.watch import NetworkWatch

__all__ = ["KAN", "KANConfig", "KANLayer", "NetworkWatch", "bspline_basis", "bspline_derivative"]

_MODULES = {
    "KAN": "network",
    "KANLayer": "layer",
    "NetworkWatch": "watch",
    "bspline_basis": "basis",
    "bspline_derivative": "basis",
}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
