"""An invoice: letterhead, address, reference column, a ruled table of items, totals that add up, a stamp."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cloister.samples import furniture
from cloister.samples.commission import Commission, Drawn
from cloister.samples.sheet import Pen, Sheet
from cloister.samples.typefaces import Face

if TYPE_CHECKING:
    from random import Random

    from cloister.samples.prose import Prose
    from cloister.samples.sheet import Colour, Part

_TAX = {"en": 20, "de": 19, "fr": 20, "es": 21, "it": 22, "el": 24, "ru": 20, "zh": 13}
_SHARES = (0.0, 0.07, 0.21, 0.62, 0.71, 0.86, 1.0)


@dataclass(frozen=True, slots=True)
class _Desk:
    """What every part of the page needs."""

    sheet: Sheet
    rng: Random
    prose: Prose
    family: str
    ink: Colour
    left: float
    right: float

    def face(self, points: float, style: str = "regular") -> Face:
        return Face(self.family, "regular", self.sheet.pt(points)).plus(style)


def draw(commission: Commission) -> Drawn:
    """One page. `fields` has the number, the sums in hundredths and the account."""
    rng, prose = commission.chance(), commission.prose()
    sheet = commission.blank(210, 297, mode="RGB")
    ink = rng.choice([(16, 72, 110), (140, 44, 30), (24, 92, 70), (70, 50, 110), (30, 30, 30)])
    desk = _Desk(
        sheet, rng, prose, rng.choice(["sans", "office", "serif"]), ink, sheet.mm(20), sheet.width - sheet.mm(18)
    )
    fields = _top(desk)
    y, total = _table(desk, sheet.mm(112))
    y = _totals(desk, y, total, fields)
    sheet.text(sheet.block(), prose.label("thanks"), desk.face(8.5), desk.left, round(y + sheet.mm(14)))
    _bottom(desk, fields)
    if rng.random() < 0.7:
        words = [prose.label("paid"), fields["paid"]]
        furniture.stamp(
            sheet,
            rng,
            words,
            sheet.mm(rng.uniform(50, 80)),
            y - sheet.mm(4),
            ink=rng.choice([furniture.RED, furniture.BLUE]),
        )
    return Drawn(sheet, fields=fields)


def _top(desk: _Desk) -> dict[str, str]:
    sheet, rng, prose = desk.sheet, desk.rng, desk.prose
    company = prose.draw("companies")
    furniture.logo(sheet, rng, desk.left, sheet.mm(15), sheet.mm(17), desk.ink)
    head = sheet.block("header")
    sheet.text(head, company, desk.face(19, "bold"), desk.left + sheet.mm(22), sheet.mm(23), ink=desk.ink)
    address = f"{prose.draw('streets')} {rng.randint(1, 99)}, {rng.randint(10000, 99999)} {prose.draw('cities')}"
    sheet.text(head, address, desk.face(8), desk.left + sheet.mm(22), sheet.mm(29), ink=70)
    to = sheet.block()
    sheet.text(to, prose.label("bill_to"), desk.face(7.5), desk.left, sheet.mm(50), ink=90)
    y = sheet.mm(56)
    town = f"{rng.randint(10000, 99999)} {prose.draw('cities')}"
    for text in (prose.draw("companies"), prose.fill("{name}"), f"{prose.draw('streets')} {rng.randint(1, 99)}", town):
        sheet.text(to, text, desk.face(10.5), desk.left, y)
        y += sheet.mm(5.4)
    sheet.text(
        sheet.block("title"), prose.label("invoice"), desk.face(21, "bold"), desk.left, sheet.mm(98), ink=desk.ink
    )
    year = rng.randint(2016, 2026)
    number = f"{rng.choice(['R', 'INV', 'F', 'RE'])}-{year}-{rng.randint(100, 99999):05d}"
    month, day = rng.randint(1, 11), rng.randint(1, 24)
    issued, due = prose.date_of(year, month, day), prose.date_of(year, month + 1, day)
    facts = {"number": number, "date": issued, "customer": f"{rng.randint(10000, 999999)}", "due": due}
    part = sheet.block()
    y = sheet.mm(56)
    for key, value in facts.items():
        pens: list[Pen] = []
        pen = float(sheet.mm(128))
        for word in prose.label(key).split():
            pens.append((word, desk.face(9), pen))
            pen += desk.face(9).length(word + " ")
        face = desk.face(9, "bold")
        pen = desk.right - face.length(value)
        for word in value.split():
            pens.append((word, face, pen))
            pen += face.length(word + " ")
        sheet.line(part, pens, y)
        y += sheet.mm(6)
    return {"issuer": company, **facts, "paid": prose.date_of(year, month, day + rng.randint(1, 4)).upper()}


def _table(desk: _Desk, top: int) -> tuple[float, int]:
    """The items. Returns where the table ends and the sum in hundredths."""
    sheet, rng, prose = desk.sheet, desk.rng, desk.prose
    part = sheet.block("table")
    edges = [desk.left + (desk.right - desk.left) * share for share in _SHARES]
    height = sheet.mm(7.4)
    heads = [prose.label(key) for key in ("position", "article", "description", "quantity", "price", "amount")]
    look = rng.choice(["filled", "ruled", "grid"])
    if look == "filled":
        sheet.tint(desk.left, top, desk.right, top + height, ink=desk.ink)
    _row(desk, part, edges, heads, top + height * 0.66, desk.face(8.5, "bold"), 255 if look == "filled" else 0)
    y = float(top + height)
    sheet.rule(desk.left, y, desk.right, y, width=0.5)
    total = 0
    rows = rng.randint(5, 10)
    for position in range(1, rows + 1):
        count, price = rng.randint(1, 40), rng.choice([rng.randint(35, 999), rng.randint(1000, 48000)])
        total += count * price
        cells = [
            str(position),
            f"{rng.randint(1000, 99999)}-{rng.choice('ABCDX')}",
            prose.draw("items"),
            str(count),
            prose.decimal(price),
            prose.decimal(count * price),
        ]
        if look == "filled" and position % 2 == 0:
            sheet.tint(desk.left, y + 1, desk.right, y + height, ink=238)
        _row(desk, part, edges, cells, y + height * 0.66, desk.face(9), 0)
        y += height
        if look != "filled":
            sheet.rule(desk.left, y, desk.right, y, width=0.15, ink=60)
    sheet.rule(desk.left, y, desk.right, y, width=0.5)
    if look == "grid":
        for x in edges:
            sheet.rule(x, top, x, y, width=0.2, ink=40)
        sheet.rule(desk.left, top, desk.right, top, width=0.2, ink=40)
    return y, total


def _row(
    desk: _Desk, part: Part, edges: list[float], cells: list[str], baseline: float, face: Face, ink: Colour
) -> None:
    pad = desk.sheet.mm(1.6)
    pens: list[Pen] = []
    for i, text in enumerate(cells):
        words = text.split()
        width = sum(face.length(word) for word in words) + face.length(" ") * (len(words) - 1)
        pen = edges[i + 1] - pad - width if i >= 3 else edges[i] + pad
        for word in words:
            pens.append((word, face, pen))
            pen += face.length(word + " ")
    desk.sheet.line(part, pens, round(baseline), ink=ink)


def _totals(desk: _Desk, y: float, total: int, fields: dict[str, str]) -> float:
    sheet, prose = desk.sheet, desk.prose
    rate = _TAX[prose.language]
    tax = (total * rate + 50) // 100
    part = sheet.block("table")
    rows = [
        (prose.label("subtotal"), total, "regular"),
        (prose.label("tax").format(rate), tax, "regular"),
        (prose.label("total"), total + tax, "bold"),
    ]
    for name, value, style in rows:
        y += sheet.mm(7)
        face = desk.face(9.5, style)
        if style == "bold":
            sheet.rule(sheet.mm(125), y - sheet.mm(5), desk.right, y - sheet.mm(5), width=0.4)
        pens: list[Pen] = []
        pen = float(sheet.mm(127))
        for word in name.split():
            pens.append((word, face, pen))
            pen += face.length(word + " ")
        shown = prose.decimal(value)
        pens.append((shown, face, desk.right - sheet.mm(1.6) - face.length(shown)))
        sheet.line(part, pens, round(y))
    sheet.rule(sheet.mm(125), y + sheet.mm(2), desk.right, y + sheet.mm(2), width=0.6)
    fields.update(subtotal=str(total), tax=str(tax), total=str(total + tax))
    return y


def _bottom(desk: _Desk, fields: dict[str, str]) -> None:
    sheet, prose = desk.sheet, desk.prose
    fields["iban"] = prose.iban()
    face = desk.face(7)
    sheet.rule(desk.left, sheet.mm(275), desk.right, sheet.mm(275), width=0.2, ink=desk.ink)
    part = sheet.block("footer")
    middle = (desk.left + desk.right) / 2
    sheet.text(
        part,
        f"{fields['issuer']} - {prose.label('tel')} {prose.phone()} - {prose.email()}",
        face,
        middle,
        sheet.mm(280),
        align="centre",
        ink=60,
    )
    sheet.text(
        part, f"{prose.label('bank')}: IBAN {fields['iban']}", face, middle, sheet.mm(284.5), align="centre", ink=60
    )
