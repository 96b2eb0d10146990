"""A clean A4 page of running text, about 590 words."""

from __future__ import annotations

from cloister.samples.commission import Commission, Drawn
from cloister.samples.sheet import Sheet
from cloister.samples.typefaces import Face
from cloister.samples.typeset import Column, Setting, flow, tokens

_WORDS = (560, 620)
_FACES = (("serif", 11.0), ("sans", 10.0), ("book", 12.0), ("office", 11.0), ("world", 9.3), ("typewriter", 9.6))


def draw(commission: Commission) -> Drawn:
    """A title and paragraphs that fill the page."""
    rng, prose = commission.chance(), commission.prose()
    sheet = Sheet(210, 297, commission.dpi)
    family, points = rng.choice(_FACES)
    face = Face(family, "regular", sheet.pt(points))
    margin = sheet.mm(rng.uniform(19, 23))
    align = rng.choice(["left", "justify", "justify"])
    target = rng.randint(*_WORDS)
    paragraphs: list[str] = []
    count = 0
    while count < target:
        text = prose.paragraph(min(rng.randint(45, 110), max(12, target - count)))
        count += len(text.split())
        paragraphs.append(text)
    title = Face(family, "bold", sheet.pt(points * 1.4))
    sheet.text(sheet.block("title"), prose.draw("headings"), title, margin, sheet.mm(25))
    column = Column(margin, sheet.width - margin, sheet.mm(36), sheet.mm(281))
    # The text is measured first, so that any face fills the page without running over it.
    lines = _measure(paragraphs, face, column) + len(paragraphs) * 0.45
    leading = min(sheet.pt(points * 1.45), (column.bottom - column.top) / lines)
    for text in paragraphs:
        setting = Setting(face, leading, align, space=1.0, shrink=0.8)
        _, end = flow(sheet, sheet.block(), tokens(text), column, setting)
        column = Column(column.left, column.right, end + leading * 0.45, sheet.height)
    return Drawn(sheet)


def _measure(paragraphs: list[str], face: Face, column: Column) -> int:
    space = face.length(" ")
    lines = 0
    for text in paragraphs:
        pen = column.right
        for word in text.split():
            if pen + face.length(word) > column.right:
                lines, pen = lines + 1, column.left
            pen += face.length(word) + space
    return lines
