"""Reads the same generated pages straight and damaged: robustness.py PAGES. Prints JSON: condition → word recall.

Runs in Cloister's own environment, through the whole of it: every page goes through both jails.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cloister.ocr.reader import Reader
    from cloister.samples import Sample

ROOT = Path(__file__).parent.parent
PAGES, QUICK_PAGES = 16, 1
KINDS = ("page", "letter", "invoice", "layout")
SEED = 5_300_000
DPI = 300
STRAIGHT = "straight, 300 dpi"
_TURNED = {f"rotated by {degrees}°": {"rotation": degrees} for degrees in (90, 180, 270)}
_SKEWED = {f"skewed by {degrees}°": {"skew": degrees} for degrees in (2, 5, 10, 15, -15)}
_SIZES = {f"{dpi} dpi": {"resolution": dpi} for dpi in (75, 100, 150, 200, 400, 600)}
_LIGHT: dict[str, dict[str, Any]] = {
    "inverted": {"inverted": True},
    "contrast 40%": {"contrast": 0.4},
    "contrast 20%": {"contrast": 0.2},
    "shadow 50%": {"shadow": 0.5},
    "shadow 70%": {"shadow": 0.7},
}
CONDITIONS: dict[str, dict[str, Any]] = {STRAIGHT: {}, **_TURNED, **_SKEWED, **_SIZES, **_LIGHT}
"""What is done to the pages, as arguments of `cloister.samples.Wear`."""


def measure(*, quick: bool = False) -> dict[str, Any]:
    """The recall under every condition, from a process in Cloister's own environment."""
    pages = QUICK_PAGES if quick else PAGES
    command = [str(ROOT / ".venv/bin/python"), "-m", "bench.robustness", str(pages)]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return {"pages": pages, "recall": json.loads(said.stdout)}


def drawn(condition: str, pages: int) -> Iterator[Sample]:
    """The pages under one condition; they differ in nothing else. 600 dots are drawn, not blown up."""
    from cloister import samples  # noqa: PLC0415 - the environment of the peers lacks it

    wear = samples.Wear(**CONDITIONS[condition])
    dpi = max(DPI, wear.resolution)
    for number in range(pages):
        language = samples.LANGUAGES[number % len(samples.LANGUAGES)]
        yield samples.make(KINDS[number % len(KINDS)], seed=SEED + number, language=language, dpi=dpi, wear=wear)


def recall(reader: Reader, condition: str, pages: int) -> float:
    """The share of true words that are read."""
    found = total = 0
    for sample in drawn(condition, pages):
        held = io.BytesIO()
        sample.image.save(held, "PNG", dpi=(sample.truth.dpi, sample.truth.dpi))
        said = Counter(reader.read(held.getvalue()).text.split())
        true = Counter(word.text for line in sample.truth.lines for word in line.words)
        found += (said & true).total()
        total += true.total()
    return found / total


def main(pages: int) -> None:
    """Print the recall under every condition."""
    from cloister.ocr.reader import Reader  # noqa: PLC0415

    with Reader() as reader:
        print(json.dumps({condition: round(recall(reader, condition, pages), 4) for condition in CONDITIONS}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
