"""Symbolic regression: the splines of a network as functions with a name, and the network as a formula.

functions → fitting → graph → training → search → expressions → constants → formula → recover, each for the next.
"""

from __future__ import annotations

from kan_shared.errors import MissingExtra

try:
    import scipy  # noqa: F401
    import sympy  # noqa: F401
except ImportError as error:
    raise MissingExtra("symbolic regression", "symbolic", error.name or "sympy") from error

from kan_trainer.kan.symbolic.fitting import Candidate
from kan_trainer.kan.symbolic.formula import Formula, symbolic_formula
from kan_trainer.kan.symbolic.recover import recover_formula
from kan_trainer.kan.symbolic.suggestion import suggest

__all__ = ["Candidate", "Formula", "recover_formula", "suggest", "symbolic_formula"]
