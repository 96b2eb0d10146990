"""A till receipt: a narrow strip with items, sums that add up, payment and a bar code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloister.samples import furniture
from cloister.samples.commission import Commission, Drawn
from cloister.samples.sheet import Pen, Sheet
from cloister.samples.typefaces import Face

if TYPE_CHECKING:
    from random import Random

    from cloister.samples.prose import Prose
    from cloister.samples.sheet import Part

_TAX = {"en": 20, "de": 7, "fr": 5, "es": 10, "it": 10, "el": 13, "ru": 10, "zh": 9}


class _Till:
    """Prints line by line."""

    def __init__(self, sheet: Sheet, face: Face, leading: float) -> None:
        self.sheet, self.face, self.leading = sheet, face, leading
        self.left, self.right = sheet.mm(4.5), sheet.width - sheet.mm(4.5)
        self.y = float(sheet.mm(6))
        self.part: Part = sheet.block()

    def feed(self, lines: float = 1.0) -> int:
        self.y += self.leading * lines
        return round(self.y)

    def centre(self, text: str, face: Face | None = None) -> None:
        face = face or self.face
        self.sheet.text(
            self.part, text, face, (self.left + self.right) / 2, self.feed(face.size / self.face.size), align="centre"
        )

    def sides(self, name: str, value: str, face: Face | None = None) -> None:
        """A name on the left and a value on the right, one line."""
        face = face or self.face
        pens: list[Pen] = []
        pen = float(self.left)
        for word in name.split():
            pens.append((word, face, pen))
            pen += face.length(word + " ")
        pens.append((value, face, self.right - face.length(value)))
        self.sheet.line(self.part, pens, self.feed(face.size / self.face.size))

    def dashes(self) -> None:
        """A row of hyphens: ink without truth."""
        baseline = self.feed(0.8)
        pen = float(self.left)
        while pen < self.right - self.face.length("-"):
            self.sheet.line(None, [("-", self.face, pen)], baseline)
            pen += self.face.length("-")
        self.y += self.leading * 0.1


def draw(commission: Commission) -> Drawn:
    """A strip 80 or 58 mm wide, as long as its text. `fields` has the total in hundredths."""
    rng, prose = commission.chance(), commission.prose()
    wide = rng.random() < 0.75
    sheet = commission.blank(80 if wide else 58, 320)
    family = rng.choice(["till", "till", "mono", "narrow", "sans"])
    points = {"till": 12.5, "mono": 8.0, "narrow": 10.0, "sans": 8.0}[family] * (1 if wide else 0.78)
    face = Face(family, "regular", sheet.pt(points))
    till = _Till(sheet, face, face.size * (1.02 if family == "till" else 1.26))
    _head(till, rng, prose)
    total = _items(till, rng, prose, 20 if wide else 15)
    tax = total * _TAX[prose.language] // (100 + _TAX[prose.language])
    till.dashes()
    large = Face(family, "regular", round(face.size * 1.4))
    till.sides(prose.label("receipt_total"), prose.decimal(total), large.plus("bold"))
    till.feed(0.4)
    if rng.random() < 0.5:
        given = -(-total // 500) * 500
        till.sides(prose.label("receipt_cash"), prose.decimal(given))
        till.sides(prose.label("receipt_change"), prose.decimal(given - total))
    else:
        till.sides(prose.label("receipt_card"), prose.decimal(total))
        till.centre(f"**** **** **** {rng.randint(1000, 9999)}")
    till.sides(prose.label("tax").format(_TAX[prose.language]), prose.decimal(tax))
    till.dashes()
    till.centre(prose.label("receipt_thanks"))
    till.feed(0.6)
    furniture.barcode(sheet, rng, sheet.width * 0.2, till.y, sheet.width * 0.6, sheet.mm(11))
    till.y += sheet.mm(11)
    till.centre("".join(str(rng.randint(0, 9)) for _ in range(13)))
    sheet.crop(till.feed(2.5))
    return Drawn(sheet, fields={"total": str(total), "tax": str(tax)})


def _head(till: _Till, rng: Random, prose: Prose) -> None:
    name = Face(rng.choice(["sans", "book", "office"]), "bold", round(till.face.size * 1.7))
    company = prose.draw("companies")
    if name.length(company) > till.right - till.left:
        name = Face(name.family, "bold", round(name.size * (till.right - till.left) / name.length(company)))
    till.centre(company, name)
    till.feed(0.2)
    till.centre(f"{prose.draw('streets')} {rng.randint(1, 120)}")
    till.centre(f"{rng.randint(10000, 99999)} {prose.draw('cities')}")
    till.centre(f"{prose.label('tel')} {prose.phone()}")
    till.feed(0.5)
    day = f"{rng.randint(1, 28):02d}.{rng.randint(1, 12):02d}.{rng.randint(2012, 2026)}"
    till.sides(day, f"{rng.randint(8, 20)}:{rng.randint(0, 59):02d}")
    till.sides(f"#{rng.randint(1000, 99999)}", f"{rng.randint(1, 12):02d}/{rng.randint(1, 400):04d}")
    till.dashes()


def _items(till: _Till, rng: Random, prose: Prose, longest: int) -> int:
    total = 0
    for _ in range(rng.randint(4, 16)):
        price, count = rng.randint(29, 1899), rng.choice([1, 1, 1, 2, 3, 6])
        name = prose.draw("groceries")[:longest].strip()
        if count > 1 and rng.random() < 0.5:
            till.sides(name, prose.decimal(price * count))
            till.sides(f"{count} x {prose.decimal(price)}", "EUR" if rng.random() < 0.5 else "A")
        else:
            till.sides(f"{count} {name}" if rng.random() < 0.5 else name, prose.decimal(price * count))
        total += price * count
    return total
