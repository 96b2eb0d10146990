"""Fits what tells scripts apart (`cloister.ocr.engine.script`): `python -m training scripts`.

Needs `training/fetch build/training` first, for fonts and texts. Pages are drawn in every script, worn, and read by the
recogniser that was built last; what is fitted to is what it knew at each step of each line.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from cloister import samples
from cloister.languages import Script
from cloister.ocr.engine import models, recognise, shapes
from cloister.ocr.engine.crop import Pyramid
from cloister.ocr.engine.detect import detect
from cloister.ocr.engine.together import together
from training import inputs, lettering
from training.adam import Adam, cosine
from training.lettering import Marked

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cloister.ocr.engine.models import Reader
    from cloister.ocr.engine.runtime import Floats, Network

_PAGES = {
    Script.LATIN: 600, Script.HAN: 220, Script.CYRILLIC: 200, Script.GREEK: 180, Script.VIETNAMESE: 140,
    Script.ARABIC: 140, Script.THAI: 120, Script.DEVANAGARI: 120, Script.HANGUL: 120, Script.HEBREW: 120,
}  # fmt: skip
_OTHERS, _USUAL, _FOUND = 88, 600, 600
"""Pages in each other script; pages of every day whose lines are known; and such whose lines the detector finds."""
_PART = 20
"""Pages that are drawn at one go."""
_NEVER = frozenset({Script.UNKNOWN, Script.AFRICAN})
_STEPS = 32
"""Steps of a line that are looked at, at some place of it, each time that it is learnt from."""
_HIDDEN, _ROUNDS, _BATCH, _RATE, _DECAY = 96, 25, 128, 4e-3, 1e-4
_DROPPED = 0.1
"""Share of the features that is hidden in each line."""
_SMOOTHED = 0.02
"""Share of the certainty that is spread over all scripts."""

Line = tuple["NDArray[np.float16]", Script]
"""What the recogniser knew at each step of a line, steps × features, and the script it must be told for."""


class _Watched(recognise.Recogniser):
    """A recogniser that keeps every step."""

    @staticmethod
    def seen(features: Floats, steps: int) -> Floats:
        return features[:, :steps].T.copy()


@cache
def _networks() -> tuple[Network, Reader]:
    detector, reader = models.load_detector(), models.load_recogniser("latin", raw=True)
    pages = [(1, rows, columns, 1) for rows, columns in shapes.PAGES]
    lines = [(batch.lines, shapes.HEIGHT, batch.width, 1) for batch in reader.batches]
    together([*detector.preparing(pages), *reader.network.preparing(lines)], 1)
    return detector, reader


def _found(count: int, seed: int) -> Iterator[Marked]:
    """Pages of every day with whatever the detector takes for a line: stamps, rules, halves of lines."""
    draw = random.Random(f"found/{seed}")
    for number in range(count):
        kind = samples.KINDS[number % len(samples.KINDS)]
        sheet = inputs.make_sheet(kind, seed + _PART + number, draw)
        regions = detect(_networks()[0], Pyramid(sheet.pixels), shapes.PAGES)
        lines = tuple((region.turned() if region.tall else region, Script.LATIN) for region in regions)
        yield Marked(sheet.pixels, lines, f"found/{kind}")


def _part(kind: str, count: int, seed: int) -> list[Line]:
    drawn = {"usual": lettering.usual, "found": _found}.get(kind)
    out = []
    for page in drawn(count, seed) if drawn else lettering.foreign(count, seed, Script[kind]):
        read = _Watched(_networks()[1], Pyramid(page.pixels)).read([region for region, _ in page.lines])
        told = zip(read, page.lines, strict=True)
        out += [(strip.seen.astype(np.float16), script) for strip, (_, script) in told if len(strip.seen)]
    return out


def gather(seed: int) -> list[Line]:
    """Draw and read all pages, on every core."""
    wanted = {script.name: _PAGES.get(script, _OTHERS) for script in Script if script not in _NEVER}
    wanted |= {"usual": _USUAL, "found": _FOUND}
    parts = [(name, _PART, seed + k * 1000) for name, count in wanted.items() for k in range(-(-count // _PART))]
    with ProcessPoolExecutor() as pool:
        return [line for part in pool.map(_part, *zip(*parts, strict=True)) for line in part]


def fit(lines: list[Line], seed: int = 0) -> dict[str, NDArray[np.generic]]:
    """Fit the network to lines, Latin ones counting as much as all others together, rare scripts more than usual ones.

    The features' scales are folded into the weights.
    """
    rng = np.random.default_rng(seed)
    counts = Counter(script for _, script in lines)
    names = [script for script in Script if counts[script]]
    marks = np.array([names.index(script) for _, script in lines])
    some = np.concatenate([seen[rng.integers(0, len(seen), 4)] for seen, _ in lines]).astype(np.float32)
    mean, scale = some.mean(0), some.std(0) + 1e-4
    weights = np.array([counts[name] ** -0.5 for name in names])
    held = np.array([counts[name] for name in names])
    latin = names.index(Script.LATIN)
    weights[latin] = (np.delete(weights * held, latin)).sum() / held[latin]
    weights *= len(lines) / (weights * held).sum()
    parts = [
        rng.normal(0, (2 / len(mean)) ** 0.5, (len(mean), _HIDDEN)).astype(np.float32), np.zeros(_HIDDEN, np.float32),
        rng.normal(0, _HIDDEN**-0.5, (_HIDDEN, len(names))).astype(np.float32), np.zeros(len(names), np.float32),
    ]  # fmt: skip
    adam = Adam(parts, decay=_DECAY)
    for number in range(_ROUNDS):
        order = rng.permutation(len(lines))
        for at in range(0, len(lines) - _BATCH + 1, _BATCH):
            chosen = order[at : at + _BATCH]
            steps, there = _batch([lines[k][0] for k in chosen], rng)
            steps = (steps - mean) / scale * (rng.random((_BATCH, 1, len(mean))) > _DROPPED) / (1 - _DROPPED)
            gradients = _gradients(
                parts, steps.astype(np.float32), there, marks[chosen], weights[marks[chosen]].astype(np.float32)
            )
            adam.step(gradients, cosine(_RATE, number, _ROUNDS))
    return {
        "first": (parts[0] / scale[:, None]).astype(np.float32),
        "first_bias": (parts[1] - (mean / scale) @ parts[0]).astype(np.float32),
        "second": parts[2],
        "second_bias": parts[3],
        "names": np.array([name.name for name in names]),
    }


def _batch(chosen: list[NDArray[np.float16]], rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Some steps of each line, lines × steps × features, and which of them are there."""
    steps = np.zeros((len(chosen), _STEPS, chosen[0].shape[1]), np.float32)
    there = np.zeros((len(chosen), _STEPS), np.float32)
    for row, seen in enumerate(chosen):
        start = rng.integers(0, max(1, len(seen) - _STEPS + 1))
        part = seen[start : start + _STEPS]
        steps[row, : len(part)], there[row, : len(part)] = part, 1
    return steps, there


def _gradients(
    parts: list[Floats], steps: Floats, there: Floats, marks: NDArray[np.int64], weights: Floats
) -> list[Floats]:
    """Of the cross-entropy: one hidden layer at each step, the mean over the steps, one layer over the scripts."""
    first, first_bias, second, second_bias = parts
    batch, _, count = steps.shape
    flat = steps.reshape(-1, count)
    before = flat @ first + first_bias
    share = there / there.sum(1, keepdims=True)
    pooled = (np.maximum(before, 0).reshape(batch, -1, len(first_bias)) * share[:, :, None]).sum(1)
    logits = pooled @ second + second_bias
    chances = np.exp(logits - logits.max(1, keepdims=True))
    chances /= chances.sum(1, keepdims=True)
    wanted = np.full_like(chances, _SMOOTHED / chances.shape[1])
    wanted[np.arange(batch), marks] += 1 - _SMOOTHED
    error = (chances - wanted) * weights[:, None] / batch
    back = ((error @ second.T)[:, None] * share[:, :, None]).reshape(-1, len(first_bias)) * (before > 0)
    return [flat.T @ back, back.sum(0), pooled.T @ error, error.sum(0)]
