"""A layer's arithmetic as one function, which takes the quickest way there is for its arguments.

native   the compiled kernel: on a CPU with a C++ compiler, float32 and float64
triton   kernels for Nvidia's graphics cards, where Triton is installed, float32 and float64
plain    PyTorch's own operations: everywhere
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch._C import _are_functorch_transforms_active
from torch.autograd import forward_ad

from kan_trainer.kan.config import SplineConfig
from kan_trainer.kan.kernels import differentiable, operators, plain
from kan_trainer.kan.kernels.choice import compiled_for
from kan_trainer.kan.kernels.differentiable import Backend


def backend_of(weight: Tensor, bias: Tensor | None, spline: SplineConfig) -> Backend:
    """What `kan_layer` takes for inputs of the weight's kind, where nothing is traced."""
    kernel = compiled_for(weight, weight, bias, spline)
    return "plain" if kernel is None else kernel.BACKEND


def is_traced() -> bool:
    """Whether tensors are not what they seem: a compiler looks on, `torch.func`, or forward-mode differentiation."""
    if torch.compiler.is_compiling():
        return True
    return _are_functorch_transforms_active() or forward_ad._current_level >= 0


def kan_layer(x: Tensor, weight: Tensor, bias: Tensor | None, spline: SplineConfig) -> Tensor:
    """y_o = b_o + Σ_i (Σ_j W[i, j, o] B_j(x_i) + W[i, G + k, o] base(x_i)): `(..., inputs)` → `(..., outputs)`.

    Args:
        x: `(..., inputs)`.
        weight: `(inputs, grid_size + spline_order + 1, outputs)`, the base's row last.
        bias: `(outputs,)`, or `None`.
        spline: The functions on the edges.
    """
    if torch.compiler.is_compiling() and not torch.compiler.is_exporting():
        return operators.layer(x, weight, bias, spline)
    if is_traced():  # what is exported shall run where this package is not, and `torch.func` sees every operation
        return plain.forward(x, weight, bias, spline)
    if (kernel := compiled_for(x, weight, bias, spline)) is not None:
        return differentiable.layer(kernel, x, weight, bias, spline)
    return plain.forward(x, weight, bias, spline)
