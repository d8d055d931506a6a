"""Tensors that are worked out once: coefficients of polynomials, middles of splines."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, TypeVarTuple

import torch
from torch import Tensor

Key = TypeVarTuple("Key")
Constants = TypeVar("Constants", bound=tuple[Tensor, ...])

#: A program that goes through more grids than this makes some of them again.
_KEPT = 256


def kept(make: Callable[[*Key], Constants]) -> Callable[[*Key], Constants]:
    """`make`, which forgets nothing; but what it makes while something is traced or transformed is of no use later."""
    memory: dict[tuple[*Key], Constants] = {}

    @wraps(make)
    def get(*key: *Key) -> Constants:
        if torch.compiler.is_compiling():
            return make(*key)
        found = memory.get(key)
        if found is None:
            # An inference tensor could not be used in a training later.
            with torch.inference_mode(False):
                found = make(*key)
            if all(map(_is_real, found)):
                if len(memory) >= _KEPT:
                    memory.clear()
                memory[key] = found
        return found

    return get


def _is_real(tensor: Tensor) -> bool:
    return type(tensor) is Tensor and not torch._C._functorch.is_functorch_wrapped_tensor(tensor)
