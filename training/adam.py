"""Adam (Kingma and Ba, 2015) with decoupled weight decay, and the rate that falls along a cosine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_FIRST, _SECOND, _LEAST = 0.9, 0.999, 1e-8


class Adam:
    """Changes the arrays of a list, which stays the same list, step by step."""

    def __init__(self, parts: list[NDArray[Any]], *, decay: float) -> None:
        self._parts, self._decay = parts, decay
        self._means = [np.zeros_like(part) for part in parts]
        self._squares = [np.zeros_like(part) for part in parts]
        self._steps = 0

    def step(self, gradients: Sequence[NDArray[Any]], rate: float) -> None:
        """Go one step down these gradients, one for each part."""
        self._steps += 1
        for k, gradient in enumerate(gradients):
            self._means[k] = _FIRST * self._means[k] + (1 - _FIRST) * gradient
            self._squares[k] = _SECOND * self._squares[k] + (1 - _SECOND) * gradient**2
            mean = self._means[k] / (1 - _FIRST**self._steps)
            square = self._squares[k] / (1 - _SECOND**self._steps)
            move = mean / (np.sqrt(square) + _LEAST) + self._decay * self._parts[k]
            self._parts[k] = self._parts[k] - (rate * move).astype(self._parts[k].dtype)


def cosine(rate: float, number: int, rounds: int) -> float:
    """The rate in one of all rounds: from `rate` down to nearly nothing."""
    return float(rate * 0.5 * (1 + np.cos(np.pi * number / rounds)))
