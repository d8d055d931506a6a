"""The handwritten digits that scikit-learn ships: 1797 real images of 8×8 pixels.

Source: E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository.
"""

from __future__ import annotations

import torch
from torch import Tensor

from kan_shared.errors import MissingExtra

_BRIGHTEST = 16


def read_digits() -> tuple[Tensor, Tensor]:
    """The images, `(1797, 8, 8)` from 0 to 1, float32, and the digit that each shows, `(1797,)`, int64.

    Raises:
        MissingExtra: scikit-learn is not installed.
    """
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise MissingExtra("kan-train classify --dataset digits", "train", "scikit-learn") from error
    digits = load_digits()
    return torch.from_numpy(digits.images).float() / _BRIGHTEST, torch.from_numpy(digits.target).long()
