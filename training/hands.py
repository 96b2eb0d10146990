"""Pages that somebody wrote by hand from top to bottom, in the hands that ship: their words stand apart unevenly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloister.samples.commission import Commission, Drawn
from cloister.samples.sheet import Sheet
from cloister.samples.typefaces import HANDS, Face
from cloister.samples.typeset import Column, Setting, flow, tokens

if TYPE_CHECKING:
    from random import Random

KIND = "hand"
_SPACE, _TRACKING = (0.45, 1.7), (-0.03, 0.12)
"""Spaces as a share of the face's own, and what letters stand apart, of their size."""


def draw(commission: Commission) -> Drawn:
    """One page of paragraphs in one hand; every paragraph is set a little differently."""
    rng, prose = commission.chance(), commission.prose()
    sheet = Sheet(210, 297, commission.dpi)
    family, points = rng.choice(HANDS), rng.uniform(11, 24)
    margin, bottom = sheet.mm(rng.uniform(12, 30)), float(sheet.mm(280))
    y = float(sheet.mm(25))
    while y < bottom:
        setting = _setting(sheet, rng, family, points)
        column = Column(margin, sheet.width - margin, y, bottom)
        _, y = flow(sheet, sheet.block(), tokens(prose.paragraph(rng.randint(10, 60))), column, setting)
        y += setting.leading * rng.uniform(0.2, 1.0)
    return Drawn(sheet)


def _setting(sheet: Sheet, rng: Random, family: str, points: float) -> Setting:
    size = sheet.pt(points * rng.uniform(0.9, 1.1))
    face = Face(family, "regular", size, rng.uniform(*_TRACKING) * size)
    return Setting(face, size * rng.uniform(1.1, 1.7), "left", space=rng.uniform(*_SPACE), shrink=1.0)
