"""Fits the weights of `cloister.ocr.engine.spaces` to lines whose spaces are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from rapidfuzz.distance import Levenshtein

from cloister.ocr.engine import spaces
from training.adam import Adam, cosine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from cloister.ocr.engine.recognise import Strip

_HIDDEN, _ROUNDS, _BATCH, _RATE, _DECAY = 48, 40, 512, 3e-3, 1e-4
_MOST_WRONG = 0.3


def pairs(strips: Iterable[tuple[Strip, str]]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Features of all pairs of characters that are surely known, and whether a space parts them."""
    rows, marks = [], []
    for strip, text in strips:
        read, ink = strip.read, strip.cut.ink
        solid = [k for k, c in enumerate(read.characters) if c and not c.isspace()]
        if ink is None or len(solid) < 3:
            continue
        got, want = "".join(read.characters[k] for k in solid), "".join(text.split())
        if Levenshtein.distance(got, want) > _MOST_WRONG * len(want):
            continue
        ends = set(np.cumsum([len(word) for word in text.split()]).tolist())
        place = {}
        for step in Levenshtein.opcodes(got, want):
            if step.tag in {"equal", "replace"}:
                for i in range(step.src_end - step.src_start):
                    place[step.src_start + i] = step.dest_start + i
        places = read.places[solid]
        found = spaces.features(spaces.pairs([read]), ink.blanks(places[:-1], places[1:])[0])
        for i in range(len(solid) - 1):
            if i in place and place.get(i + 1) == place[i] + 1:
                rows.append(found[i])
                marks.append(place[i] + 1 in ends)
    return np.array(rows, np.float32), np.array(marks, np.float32)


def fit(rows: NDArray[np.float32], marks: NDArray[np.float32], seed: int = 0) -> dict[str, NDArray[np.float32]]:
    """Fit one hidden layer by Adam on the cross-entropy. The features' scales are folded into the weights."""
    rng = np.random.default_rng(seed)
    mean, scale = rows.mean(0), rows.std(0) + 1e-6
    x = (rows - mean) / scale
    parts = [
        rng.normal(0, (2 / x.shape[1]) ** 0.5, (x.shape[1], _HIDDEN)), np.zeros(_HIDDEN),
        rng.normal(0, (2 / _HIDDEN) ** 0.5, _HIDDEN), np.zeros(1),
    ]  # fmt: skip
    adam = Adam(parts, decay=_DECAY)
    for round_number in range(_ROUNDS):
        order = rng.permutation(len(x))
        for at in range(0, len(x), _BATCH):
            chosen = order[at : at + _BATCH]
            adam.step(_gradients(parts, x[chosen], marks[chosen]), cosine(_RATE, round_number, _ROUNDS))
    return {
        "first": (parts[0] / scale[:, None]).astype(np.float32),
        "first_bias": (parts[1] - (mean / scale) @ parts[0]).astype(np.float32),
        "second": parts[2].astype(np.float32),
        "second_bias": parts[3][0].astype(np.float32),
    }


def _gradients(parts: list[NDArray[Any]], x: NDArray[Any], y: NDArray[Any]) -> list[NDArray[Any]]:
    hidden = x @ parts[0] + parts[1]
    live = np.maximum(hidden, 0)
    error = (1 / (1 + np.exp(-(live @ parts[2] + parts[3][0]))) - y) / len(y)
    back = np.outer(error, parts[2]) * (hidden > 0)
    return [x.T @ back, back.sum(0), live.T @ error, np.array([error.sum()])]
