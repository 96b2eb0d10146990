"""Generated documents with exact truth: same seed, same bytes.

Examples, calibration, benchmarks and tests come from here. Samples draw; they never open a byte that
anyone submitted. What is drawn depends on the seed and on the versions of Pillow and NumPy, which are pinned.

    >>> from cloister import samples
    >>> page = samples.make("page", seed=7, quality="scan")
    >>> page.image.size
    (2480, 3508)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING

from cloister.samples.commission import Commission, Drawn
from cloister.samples.prose import FURTHER, LANGUAGES
from cloister.samples.quality import QUALITIES, wear_of
from cloister.samples.truth import TrueBlock, TrueLine, TrueWord, Truth
from cloister.samples.wear import Wear, worn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL import Image

__all__ = [
    "KINDS",
    "LANGUAGES",
    "PAPERS",
    "PAPER_LANGUAGES",
    "QUALITIES",
    "Sample",
    "TrueBlock",
    "TrueLine",
    "TrueWord",
    "Truth",
    "Wear",
    "make",
    "pages",
    "worn",
]

KINDS = ("page", "layout", "mixed", "passport", "invoice", "letter", "report", "form", "receipt", "typescript")
"""What models are calibrated with, in the languages of `LANGUAGES`."""
PAPERS = (
    "passport",
    "id_card",
    "payslip",
    "invoice",
    "receipt",
    "contract",
    "medical_form",
    "lab_report",
    "bank_statement",
    "hr_letter",
)
"""The papers of an office, in the languages of `PAPER_LANGUAGES`."""
PAPER_LANGUAGES = LANGUAGES + FURTHER


@dataclass(frozen=True, slots=True)
class Sample:
    """One page: its pixels (grey or RGB) and what they say."""

    image: Image.Image
    truth: Truth


def make(
    kind: str,
    *,
    seed: int,
    language: str = "en",
    quality: str = "clean",
    dpi: int = 300,
    wear: Wear | None = None,
    number: int = 1,
    of: int = 1,
) -> Sample:
    """Draw one page.

    `wear` replaces the wear that `quality` stands for. `number` of `of` is the page wanted of a kind that
    has several pages; all pages of one seed belong to one document. ValueError on an unknown kind,
    language or quality.
    """
    commission = Commission(kind, seed, language, dpi, number, of)
    return finished(drawing(commission), commission, quality, wear)


def drawing(commission: Commission) -> Drawn:
    """The upright, unworn page of a commission. ValueError on an unknown kind or language."""
    if commission.kind not in KINDS + PAPERS:
        raise ValueError("kinds are: " + ", ".join(dict.fromkeys(KINDS + PAPERS)))
    languages = PAPER_LANGUAGES if commission.kind in PAPERS else LANGUAGES
    if commission.language not in languages:
        raise ValueError("samples of this kind are written in: " + ", ".join(languages))
    drawn: Drawn = import_module(f"cloister.samples.kinds.{commission.kind}").draw(commission)
    return drawn


def finished(drawn: Drawn, commission: Commission, quality: str = "clean", wear: Wear | None = None) -> Sample:
    """A drawn page after the wear of a quality, or after the wear that is given."""
    sheet, seed, number = drawn.sheet, commission.seed, commission.number
    kind, language, dpi = commission.kind, commission.language, commission.dpi
    truth = Truth(
        sheet.blocks, kind, language, quality, seed, sheet.width, sheet.height, float(dpi), fields=drawn.fields
    )
    salt = seed * 1009 + number
    if wear is None:
        wear = wear_of(quality, salt)
        if drawn.tinted:
            wear = replace(wear, grain=0, bleed=0)
    if drawn.rotation and not wear.rotation:
        wear = replace(wear, rotation=drawn.rotation)
    image, truth = worn(sheet.image, truth, wear, salt)
    return Sample(image, truth)


def pages(
    kind: str, n: int, *, seed: int, language: str = "en", quality: str = "clean", dpi: int = 300
) -> Iterator[Sample]:
    """`n` pages: the pages of one document where the kind has several, otherwise `n` different ones."""
    for i in range(n):
        if kind == "report":
            yield make(kind, seed=seed, language=language, quality=quality, dpi=dpi, number=i + 1, of=n)
        else:
            yield make(kind, seed=seed * 100_003 + i, language=language, quality=quality, dpi=dpi)
