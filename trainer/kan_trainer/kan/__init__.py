"""Kolmogorov-Arnold networks: on every edge a learned function of one variable, a B-spline plus a smooth base.

Importing this package loads no torch; the first use of a name that needs it does. `KANConfig` needs none.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from kan_trainer.kan.config import KANConfig

if TYPE_CHECKING:
    from kan_trainer.kan.baked import BakedKAN, bake
    from kan_trainer.kan.basis import bspline_basis, bspline_derivative
    from kan_trainer.kan.export import export_onnx, export_program
    from kan_trainer.kan.files import load, save
    from kan_trainer.kan.grid import refine, update_grid
    from kan_trainer.kan.layer import KANLayer
    from kan_trainer.kan.lbfgs import fit_lbfgs
    from kan_trainer.kan.network import KAN
    from kan_trainer.kan.pruning import keep_cut, prune
    from kan_trainer.kan.regularisation import sparsity
    from kan_trainer.kan.step import TrainStep
    from kan_trainer.kan.symbolic import Formula, recover_formula, suggest, symbolic_formula
    from kan_trainer.kan.watch import NetworkWatch

__all__ = [
    "KAN",
    "BakedKAN",
    "Formula",
    "KANConfig",
    "KANLayer",
    "NetworkWatch",
    "TrainStep",
    "bake",
    "bspline_basis",
    "bspline_derivative",
    "export_onnx",
    "export_program",
    "fit_lbfgs",
    "keep_cut",
    "load",
    "prune",
    "recover_formula",
    "refine",
    "save",
    "sparsity",
    "suggest",
    "symbolic_formula",
    "update_grid",
]

_MODULES = {
    "BakedKAN": "baked",
    "Formula": "symbolic",
    "KAN": "network",
    "KANLayer": "layer",
    "NetworkWatch": "watch",
    "TrainStep": "step",
    "bake": "baked",
    "bspline_basis": "basis",
    "bspline_derivative": "basis",
    "export_onnx": "export",
    "export_program": "export",
    "fit_lbfgs": "lbfgs",
    "keep_cut": "pruning",
    "load": "files",
    "prune": "pruning",
    "recover_formula": "symbolic",
    "refine": "grid",
    "save": "files",
    "sparsity": "regularisation",
    "suggest": "symbolic",
    "symbolic_formula": "symbolic",
    "update_grid": "grid",
}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
