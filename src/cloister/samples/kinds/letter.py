"""A circular letter on a firm's paper: letterhead, address, subject, two columns, signature, received stamp."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cloister.samples import furniture
from cloister.samples.commission import Commission, Drawn
from cloister.samples.sheet import Sheet
from cloister.samples.typefaces import Face
from cloister.samples.typeset import Column, Setting, Token, flow, tokens

if TYPE_CHECKING:
    from random import Random

    from cloister.samples.prose import Prose


def draw(commission: Commission) -> Drawn:
    """One page; the signature is ink without truth."""
    rng, prose = commission.chance(), commission.prose()
    sheet = Sheet(210, 297, commission.dpi, mode="RGB")
    family = rng.choice(["serif", "book", "sans"])
    left, right = sheet.mm(24), sheet.width - sheet.mm(20)
    company, city = prose.draw("companies"), prose.draw("cities")
    _head(sheet, rng, prose, (company, city), (left, right))
    _address(sheet, prose, family, left)
    face = Face(family, "regular", sheet.pt(10))
    y = sheet.mm(98)
    year, month, day = rng.randint(1984, 2024), rng.randint(1, 12), rng.randint(1, 20)
    sheet.text(sheet.block(), f"{city}, {prose.date_of(year, month, day)}", face, right, y, align="right")
    y += sheet.mm(11)
    subject = f"{prose.label('subject')} {prose.draw('headings')}, {prose.code()}"
    sheet.text(sheet.block("title"), subject, face.plus("bold"), left, y)
    y += sheet.mm(9)
    sheet.text(sheet.block(), prose.draw("salutations"), face, left, y)
    gutter = sheet.mm(7)
    width = (right - left - gutter) / 2
    top, bottom = y + sheet.mm(8), sheet.mm(rng.uniform(218, 232))
    setting = Setting(face, face.size * 1.26, "justify", shrink=0.8)
    rest, _ = _column(sheet, rng, prose, setting, Column(left, left + width, top, bottom), [])
    _, end = _column(sheet, rng, prose, setting, Column(left + width + gutter, right, top, bottom), rest)
    y = round(max(bottom, end)) + sheet.mm(8)
    sheet.text(sheet.block(), prose.draw("closings"), face, left, y)
    signer = prose.fill("{name}")
    furniture.signature(
        sheet, rng, signer, left + sheet.mm(2), y + sheet.mm(12), ink=rng.choice([furniture.BLUE, furniture.BLACK_PEN])
    )
    sheet.text(sheet.block(), signer, face, left, y + sheet.mm(21))
    _foot(sheet, prose, left, right)
    received = [prose.label("received"), prose.date_of(year, month, day + rng.randint(2, 8)).upper()]
    furniture.stamp(
        sheet,
        rng,
        received,
        sheet.mm(rng.uniform(135, 150)),
        sheet.mm(rng.uniform(60, 72)),
        ink=rng.choice([furniture.RED, furniture.VIOLET]),
    )
    return Drawn(sheet, fields={"sender": company, "signer": signer})


def _head(sheet: Sheet, rng: Random, prose: Prose, name: tuple[str, str], edges: tuple[int, int]) -> None:
    left, right = edges
    company, city = name
    ink = rng.choice([(20, 60, 90), (110, 30, 34), (30, 80, 52), (40, 40, 40)])
    furniture.logo(sheet, rng, left, sheet.mm(14), sheet.mm(15), ink)
    part = sheet.block("header")
    sheet.text(part, company, Face("book", "bold", sheet.pt(20)), left + sheet.mm(20), sheet.mm(22), ink=ink)
    small = Face("sans", "regular", sheet.pt(7.5))
    sheet.text(
        part,
        f"{prose.draw('streets')} {rng.randint(1, 140)} - {rng.randint(10000, 99999)} {city}",
        small,
        left + sheet.mm(20),
        sheet.mm(28),
        ink=60,
    )
    sheet.rule(left, sheet.mm(33), right, sheet.mm(33), width=0.4, ink=ink)


def _address(sheet: Sheet, prose: Prose, family: str, left: int) -> None:
    face = Face(family, "regular", sheet.pt(10.5))
    part = sheet.block()
    y = sheet.mm(55)
    town = f"{prose.rng.randint(10000, 99999)} {prose.draw('cities')}"
    for text in (prose.draw("companies"), prose.fill("{name}"), prose.fill("{street} {small}"), town):
        sheet.text(part, text, face, left, y)
        y += sheet.mm(5.2)


def _column(
    sheet: Sheet, rng: Random, prose: Prose, setting: Setting, column: Column, rest: list[Token]
) -> tuple[list[Token], float]:
    """Paragraphs down one column. The last column, the one that begins with a rest, ends with a whole sentence."""
    y, last = column.top, bool(rest)
    while y <= column.bottom:
        rest = rest or tokens(prose.paragraph(rng.randint(28, 60)), rng, rate=0.004)
        bottom = column.bottom + (setting.leading * 5 if last else 0)
        rest, y = flow(sheet, sheet.block(), rest, replace(column, top=y, bottom=bottom), setting)
        y += setting.leading * 0.5
        if last and y + setting.leading * 4 > column.bottom:
            break
    return rest, y


def _foot(sheet: Sheet, prose: Prose, left: int, right: int) -> None:
    face = Face("sans", "regular", sheet.pt(6.8))
    sheet.rule(left, sheet.mm(277), right, sheet.mm(277), width=0.2, ink=90)
    part = sheet.block("footer")
    sheet.text(
        part,
        f"{prose.label('tel')} {prose.phone()} - {prose.email()}",
        face,
        (left + right) / 2,
        sheet.mm(281.5),
        align="centre",
        ink=50,
    )
    sheet.text(
        part, f"{prose.label('bank')} {prose.iban()}", face, (left + right) / 2, sheet.mm(285.5), align="centre", ink=50
    )
