"""Numbers held against the shape that they must have, and look-alikes put right for a check digit to prove."""

from __future__ import annotations

from collections.abc import Iterator

_DIGIT = {"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "Z": "2", "A": "4", "S": "5", "G": "6", "B": "8"}
_CAPITAL = {"0": "O", "1": "I", "2": "Z", "4": "A", "5": "S", "6": "G", "8": "B"}
_MOST = 3
"""More look-alikes than this in one number are no misreading."""


def fits(text: str, shape: str) -> bool:
    """Whether a number has a shape: 9 a digit, A a capital, * either."""
    return len(text) == len(shape) and all(
        wanted == "*" or c.isdigit() == (wanted == "9") for c, wanted in zip(text, shape, strict=True)
    )


def mended(text: str, shape: str) -> Iterator[str]:
    """The number as it is if it has the shape; or with the look-alikes exchanged that the shape rules out.

    Whoever takes an exchanged one has to prove it by check digits.
    """
    if len(text) != len(shape):
        return
    out, exchanged = [], 0
    for c, wanted in zip(text, shape, strict=True):
        if wanted == "*" or c.isdigit() == (wanted == "9"):
            out.append(c)
            continue
        other = (_DIGIT if wanted == "9" else _CAPITAL).get(c)
        exchanged += 1
        if other is None or exchanged > _MOST:
            return
        out.append(other)
    yield "".join(out)
