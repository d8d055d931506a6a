"""How colours look: their contrast, and how far apart they are, to eyes that lack one kind of cone too.

Contrast is WCAG 2's. Distances are in OKLab (https://bottosson.github.io/posts/oklab), times a hundred: 2 is just
noticeable. Dichromacy is simulated by the matrices of Machado, Oliveira and Fernandes 2009, at full severity.
"""

from __future__ import annotations

from typing import Final

import numpy as np

Rgb = tuple[int, int, int]

_EVERYBODY: Final = np.eye(3)
_PROTANOPIA: Final = np.array(
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
)
_DEUTERANOPIA: Final = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)
_TO_CONES: Final = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB: Final = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def contrast(one: Rgb, other: Rgb) -> float:
    """From 1, none, to 21, black on white."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: Rgb) -> float:
    """From 0, black, to 1, white."""
    return float(_linear(colour) @ [0.2126, 0.7152, 0.0722])


def distance(one: Rgb, other: Rgb) -> float:
    """How far apart two colours are to those who tell them apart least."""
    eyes = (_EVERYBODY, _PROTANOPIA, _DEUTERANOPIA)
    return min(float(100 * np.linalg.norm(_lab(one, eye) - _lab(other, eye))) for eye in eyes)


def _linear(colour: Rgb) -> np.ndarray:
    part = np.array(colour) / 255
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def _lab(colour: Rgb, eye: np.ndarray) -> np.ndarray:
    seen = np.clip(eye @ _linear(colour), 0, 1)
    return _TO_LAB @ np.cbrt(_TO_CONES @ seen)
