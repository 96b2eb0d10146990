"""Builds all shipped models but the table of languages: `python -m training [detector] [recogniser] [spacing] …`.

The published models come from the rapidocr wheel; what they are calibrated on, and what the parting of
words is fitted to, is drawn by `cloister.samples` from the seeds below; the recogniser and what tells scripts
apart need fonts and texts too (`training/fetch`). Without arguments all are built.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from cloister.ocr.engine import models, recognise
from cloister.ocr.engine.crop import Pyramid
from cloister.ocr.engine.recognise import Strip
from training import activations, graph, inputs, quantise, scripts, source, spacing, strokes

from openvino import save_model  # isort: skip - only after the runtime has silenced it

HOME = Path(__file__).parent.parent / "src/cloister/ocr/models"
LIST = "SHA256SUMS"
DETECTOR, RECOGNISER, CHARACTERS = "detector", "recogniser", "characters.txt"
SPACING, SCRIPTS = "spacing.npz", "script.npz"
FILES = ("detector.bin", "detector.xml", "recogniser.bin", "recogniser.xml", CHARACTERS, SPACING, SCRIPTS)
SEED = 7_000_000
PAGES, SHEETS, EACH, PARTED = 27, 72, 6, 22 * 36
"""Pages that the detector is calibrated on, sheets for the recogniser and lines of each; and sheets for spacing."""
ROWS = (
    *8 * ("mixed",), *6 * ("form",), *6 * ("receipt",), "page", "page", "invoice", "invoice", "payslip", "payslip",
    "lab_report", "lab_report", "bank_statement", "typescript", "letter", *5 * ("hand",),
)  # fmt: skip
"""What the parting of words is learnt from: mostly what is hard to part, and rows of names and numbers far apart.

What characters stand beyond a pair is no feature of it: it was learnt as what these texts say, not as what paper shows.
"""
TAUGHT, PLACES, KEPT = 4500, 160_000, 2
"""Lines that the recogniser's changed layers are taught on, and places in them; and the GELUs that stay."""


def detector() -> None:
    """Build the detector."""
    pages = inputs.pages(inputs.sheets(PAGES, SEED))
    built = quantise.quantise(graph.detector(source.load(source.DETECTOR)), pages)
    save_model(built, HOME / "detector.xml", compress_to_fp16=False)


def recogniser() -> None:
    """Build the recogniser, and the list of its characters."""
    published = source.load(source.RECOGNISER)
    characters = source.characters(published)
    (HOME / CHARACTERS).write_text("".join(f"{c}\n" for c in characters[1:-1]), encoding="utf-8", newline="\n")
    lines = inputs.lines(inputs.sheets(SHEETS, SEED + 10_000), EACH, SEED)
    lean = activations.straighten(graph.recogniser(published), strokes.lines(TAUGHT), PLACES, keep=KEPT)
    save_model(quantise.quantise(lean, lines), HOME / "recogniser.xml", compress_to_fp16=False)


def parting() -> None:
    """Fit the parting of words to what the recogniser that was built last makes of drawn lines."""
    reader = models.load_recogniser("latin", once=True)

    def strips() -> Iterator[tuple[Strip, str]]:
        for sheet in inputs.sheets(PARTED, SEED + 20_000, ROWS, stretched=0.5):
            known = [(region, text) for region, text in sheet.lines if not region.tall]
            read = recognise.Recogniser(reader, Pyramid(sheet.pixels)).read([region for region, _ in known])
            yield from zip(read, (text for _, text in known), strict=True)

    np.savez(HOME / SPACING, allow_pickle=False, **spacing.fit(*spacing.pairs(strips())))


def telling() -> None:
    """Fit what tells scripts apart to what the recogniser that was built last knows of drawn lines."""
    np.savez(HOME / SCRIPTS, allow_pickle=False, **scripts.fit(scripts.gather(SEED + 30_000)))


def sums() -> None:
    """Write the list of hashes anew."""
    lines = [f"{hashlib.sha256((HOME / name).read_bytes()).hexdigest()}  {name}\n" for name in FILES]
    (HOME / LIST).write_text("".join(lines), encoding="ascii", newline="\n")


BUILDS = {DETECTOR: detector, RECOGNISER: recogniser, "spacing": parting, "scripts": telling}


def main(names: list[str]) -> None:
    """Build what is named, in the order in which one thing needs another."""
    for name, build in BUILDS.items():
        if not names or name in names:
            print("building", name, flush=True)
            build()
            sums()


if __name__ == "__main__":
    main(sys.argv[1:])
