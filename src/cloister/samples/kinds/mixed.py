"""Every setting on one page: faces, sizes from 7 to 16 pt, tight and loose letters, cells, leaders, codes, rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cloister.samples.commission import Commission, Drawn
from cloister.samples.sheet import Pen, Sheet
from cloister.samples.typefaces import BODY, Face
from cloister.samples.typeset import Column, Setting, flow, tokens

if TYPE_CHECKING:
    from random import Random

    from cloister.samples.prose import Prose

_SIZES = (7, 7.5, 8, 8.5, 9, 9.5, 10, 10.5, 11, 12, 13, 14, 16)
_TRACKING = (0.0, 0.0, 0.0, -0.02, -0.03, 0.02, 0.05, 0.1)


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where the next piece stands and what it is set in."""

    sheet: Sheet
    rng: Random
    prose: Prose
    face: Face
    leading: float
    column: Column


def draw(commission: Commission) -> Drawn:
    """Pieces of all sorts, one below the other."""
    rng, prose = commission.chance(), commission.prose()
    sheet = Sheet(210, 297, commission.dpi)
    margin = sheet.mm(rng.uniform(12, 24))
    bottom = sheet.mm(283)
    y = float(sheet.mm(18))
    while y < bottom:
        size = sheet.pt(rng.choice(_SIZES))
        face = Face(rng.choice(BODY), "regular", size, rng.choice(_TRACKING) * size)
        if rng.random() < 0.15:
            face = face.plus(rng.choice(["bold", "italic"]))
        leading = size * rng.uniform(1.1, 1.5)
        spot = _Spot(sheet, rng, prose, face, leading, Column(margin, sheet.width - margin, y + size, bottom))
        piece = rng.choices([_paragraph, _leaders, _cells, _facts], weights=[5, 1, 1.5, 1.5])[0]
        y = piece(spot) + leading * rng.uniform(0.3, 0.9)
    return Drawn(sheet)


def _paragraph(spot: _Spot) -> float:
    rng = spot.rng
    setting = Setting(
        spot.face,
        spot.leading,
        rng.choice(["left", "justify", "justify", "centre"]),
        space=rng.choice([0.7, 0.8, 1.0, 1.0, 1.3]),
        shrink=rng.uniform(0.6, 0.9),
        indent=rng.choice([0.0, spot.face.size * 1.5]),
    )
    words = tokens(spot.prose.paragraph(rng.randint(15, 90)), rng, rate=0.06, loud=True)
    _, end = flow(spot.sheet, spot.sheet.block(), words, spot.column, setting)
    return end - spot.leading


def _leaders(spot: _Spot) -> float:
    """Lines of a table of contents; the dots are ink without truth."""
    sheet, face = spot.sheet, spot.face
    part = sheet.block()
    baseline = spot.column.top
    for _ in range(spot.rng.randint(3, 7)):
        if baseline > spot.column.bottom:
            break
        value = str(spot.rng.randint(1, 220))
        pens: list[Pen] = []
        pen = spot.column.left
        for word in spot.prose.draw("headings").split():
            pens.append((word, face, pen))
            pen += face.length(word) + face.length(" ")
        start = spot.column.right - face.length(value)
        step = face.length(".") * spot.rng.choice([1.0, 1.0, 1.8])
        while pen < start - face.length(" ") * 1.5:
            sheet.line(None, [(".", face, pen)], round(baseline))
            pen += step
        sheet.line(part, [*pens, (value, face, start)], round(baseline))
        baseline += spot.leading
    return baseline - spot.leading


def _cells(spot: _Spot) -> float:
    """A ruled table of names, numbers, sums and dates; each row is one true line."""
    sheet, face, rng = spot.sheet, spot.face, spot.rng
    part = sheet.block("table")
    left, right = spot.column.left, spot.column.right
    makers = rng.sample(["family", "number", "amount", "date", "code", "percent"], 4)
    edges = [left + (right - left) * share for share in (0, 0.28, 0.5, 0.75, 1)]
    top = first = spot.column.top - face.size
    pad = face.size * 0.3
    height = face.size * rng.uniform(1.25, 1.7)
    while top + height < spot.column.bottom and top - first < height * 6:
        pens: list[Pen] = []
        for i, maker in enumerate(makers):
            text = spot.prose.fill("{" + maker + "}")
            width = _width(face, text)
            if width > edges[i + 1] - edges[i] - pad:
                continue
            pen = edges[i + 1] - pad - width if maker in {"number", "amount", "percent"} else edges[i] + pad
            for word in text.split():
                pens.append((word, face, pen))
                pen += face.length(word) + face.length(" ")
        sheet.line(part, pens, round(top + height * 0.5 + face.size * 0.35))
        sheet.rule(left, top, right, top, width=0.15)
        top += height
    sheet.rule(left, top, right, top, width=0.15)
    if rng.random() < 0.7:
        for x in edges:
            sheet.rule(x, first, x, top, width=0.15)
    return top


def _facts(spot: _Spot) -> float:
    """Dense lines of codes, telephone numbers, addresses, sums and accounts."""
    patterns = [
        "{code} {date} {amount}",
        "{name}, {street} {small}, {city}",
        "{email} / {phone}",
        "{iban}",
        "{percent} ({small}/{small}) {amount} {time}",
        "No. {number}; {code}; §{small} [{year}] #{number}",
        "{company} * {phone} * www.{small}{small}.example.org",
    ]
    part = spot.sheet.block()
    baseline = spot.column.top
    for _ in range(spot.rng.randint(2, 5)):
        if baseline > spot.column.bottom:
            break
        text = spot.prose.fill(spot.rng.choice(patterns))
        spot.sheet.text(part, text, spot.face, spot.column.left, round(baseline))
        baseline += spot.leading
    return baseline - spot.leading


def _width(face: Face, text: str) -> float:
    words = text.split()
    return sum(face.length(word) for word in words) + face.length(" ") * (len(words) - 1)
