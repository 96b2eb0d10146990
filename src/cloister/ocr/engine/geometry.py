"""Rotated boxes, and the way between the page as it came and the upright page."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cloister.document import Matrix, Polygon

if TYPE_CHECKING:
    from collections.abc import Sequence

    Rows = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Region:
    """A rotated box that holds text: centre, width along the text, height, and clockwise degrees."""

    x: float
    y: float
    width: float
    height: float
    angle: float

    @property
    def tall(self) -> bool:
        """Whether it stands upright like a line of text turned by a quarter."""
        return self.height >= 1.5 * self.width

    def turned(self) -> Region:
        """The same box read from bottom to top: for text that runs upwards."""
        return Region(self.x, self.y, self.height, self.width, self.angle - 90)

    def flipped(self) -> Region:
        """The same box read upside down."""
        return Region(self.x, self.y, self.width, self.height, self.angle + 180)

    def frame(self, width: float, height: float) -> np.ndarray:
        """The 2×3 matrix from a crop of that size (pixel centres) to the page."""
        a = math.radians(self.angle)
        ux, uy = math.cos(a) * self.width / width, math.sin(a) * self.width / width
        vx, vy = -math.sin(a) * self.height / height, math.cos(a) * self.height / height
        ox = self.x - ux * (width - 1) / 2 - vx * (height - 1) / 2
        oy = self.y - uy * (width - 1) / 2 - vy * (height - 1) / 2
        return np.array([[ux, vx, ox], [uy, vy, oy]])


@dataclass(frozen=True, slots=True)
class Upright:
    """How the page as it came is turned: by quarters first, then by a small skew. All clockwise."""

    width: int
    height: int
    rotation: int = 0
    skew: float = 0.0

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the upright page, which holds all of the page as it came."""
        width, height = (self.height, self.width) if self.rotation in {90, 270} else (self.width, self.height)
        a = math.radians(abs(self.skew))
        return (
            math.ceil(width * math.cos(a) + height * math.sin(a) - 1e-6),
            math.ceil(height * math.cos(a) + width * math.sin(a) - 1e-6),
        )

    @property
    def to_source(self) -> Matrix:
        """From the upright page to the page as it came."""
        width, height = self.size
        a = math.radians(self.rotation + self.skew)
        c, s = math.cos(a), math.sin(a)
        ox = self.width / 2 - c * width / 2 + s * height / 2
        oy = self.height / 2 - s * width / 2 - c * height / 2
        return (c, -s, ox, s, c, oy, 0.0, 0.0, 1.0)

    @property
    def from_source(self) -> np.ndarray:
        """From the page as it came to the upright page, 3×3."""
        return np.linalg.inv(np.array(self.to_source).reshape(3, 3))


def chained(first: Rows, then: Rows) -> Rows:
    """One way after the other, as two rows of three numbers; third rows are not looked at."""
    (a, b, c), (d, e, f) = first[0], first[1]
    (p, q, r), (s, t, u) = then[0], then[1]
    return (
        (p * a + q * d, p * b + q * e, p * c + q * f + r),
        (s * a + t * d, s * b + t * e, s * c + t * f + u),
    )


def corners(matrix: Rows, x0: float, y0: float, x1: float, y1: float) -> Polygon:
    """A box's corners, taken through a matrix: its first two rows are looked at."""
    (a, b, c), (d, e, f) = matrix[0], matrix[1]
    return (
        (a * x0 + b * y0 + c, d * x0 + e * y0 + f),
        (a * x1 + b * y0 + c, d * x1 + e * y0 + f),
        (a * x1 + b * y1 + c, d * x1 + e * y1 + f),
        (a * x0 + b * y1 + c, d * x0 + e * y1 + f),
    )
