"""Pages with one to three columns, header, footer and sidebar; one in four is turned.

Reading order: header, title, columns from left to right (a spanning heading parts them), sidebar, footer.
A sidebar is set apart by a tint, a frame or a rule, is narrower and set smaller, and is read after the
body on whichever side it stands.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cloister.samples.commission import Commission, Drawn
from cloister.samples.sheet import Sheet
from cloister.samples.typefaces import Face
from cloister.samples.typeset import Column, Setting, Token, flow, tokens

if TYPE_CHECKING:
    from random import Random

    from cloister.samples.prose import Prose

_FAMILIES = ("serif", "sans", "book", "office", "serif", "world")


def draw(commission: Commission) -> Drawn:
    """A page as of a bulletin, a journal or a handbook."""
    rng, prose = commission.chance(), commission.prose()
    sheet = Sheet(210, 297, commission.dpi)
    family = rng.choice(_FAMILIES)
    left, right = float(sheet.mm(rng.uniform(15, 20))), float(sheet.width - sheet.mm(rng.uniform(15, 20)))
    top, bottom = float(sheet.mm(18)), float(sheet.mm(279))
    columns = rng.choice([1, 1, 2, 2, 2, 3, 3])
    sidebar = columns < 3 and rng.random() < 0.45
    if rng.random() < 0.75:
        _header(sheet, prose, rng, family, left, right)
        top = float(sheet.mm(27))
    footer = rng.random() < 0.75
    if footer:
        bottom = float(sheet.mm(271))
    if rng.random() < 0.6:
        size = sheet.pt(rng.uniform(16, 24))
        title = Face(family, "bold", size)
        top += size
        align = rng.choice(["left", "centre"])
        sheet.text(
            sheet.block("title"),
            prose.draw("headings"),
            title,
            left if align == "left" else (left + right) / 2,
            round(top),
            align=align,
        )
        top += size * 0.6
    body_left, body_right = left, right
    box: Column | None = None
    if sidebar:
        width = (right - left) * rng.uniform(0.26, 0.32)
        gap = sheet.mm(7)
        if rng.random() < 0.5:
            box, body_left = Column(left, left + width, top, bottom), left + width + gap
        else:
            box, body_right = Column(right - width, right, top, bottom), right - width - gap
    _body(sheet, prose, rng, family, columns, Column(body_left, body_right, top, bottom))
    if box is not None:
        _sidebar(sheet, prose, rng, rng.choice([family, "sans"]), box)
    if footer:
        _footer(sheet, prose, rng, family, left, right)
    turned = rng.choice([90, 180, 270]) if rng.random() < 0.25 else 0
    return Drawn(sheet, rotation=turned)


def _header(sheet: Sheet, prose: Prose, rng: Random, family: str, left: float, right: float) -> None:
    face = Face(family, rng.choice(["regular", "italic", "bold"]), sheet.pt(8.5)).plus("regular")
    part, baseline = sheet.block("header"), sheet.mm(15)
    words = f"{prose.draw('companies')} {rng.choice(['|', '-', '/'])} {prose.draw('headings')}"
    sheet.text(part, words, face, left, baseline)
    if rng.random() < 0.6:
        sheet.rule(left, sheet.mm(17), right, sheet.mm(17), width=0.2)


def _footer(sheet: Sheet, prose: Prose, rng: Random, family: str, left: float, right: float) -> None:
    face = Face(family, "regular", sheet.pt(8))
    baseline = sheet.mm(285)
    if rng.random() < 0.5:
        sheet.rule(left, sheet.mm(280), right, sheet.mm(280), width=0.2)
    page = prose.label("page").format(rng.randint(1, 40), rng.randint(41, 90))
    if rng.random() < 0.5:
        page = f"{prose.draw('companies')}, {prose.draw('cities')} {rng.choice(['|', '-'])} {page}"
    sheet.text(sheet.block("footer"), page, face, (left + right) / 2, baseline, align="centre")


def _body(sheet: Sheet, prose: Prose, rng: Random, family: str, columns: int, area: Column) -> None:
    gutter = sheet.mm(rng.uniform(5.5, 9))
    width = (area.right - area.left - gutter * (columns - 1)) / columns
    points = rng.uniform(10, 12) if columns == 1 else rng.uniform(8.5, 10)
    face = Face(family, "regular", sheet.pt(round(points * 2) / 2))
    leading = face.size * rng.uniform(1.2, 1.4)
    align = rng.choice(["left", "justify"]) if columns < 3 else "left"
    setting = Setting(face, leading, align, shrink=0.85, indent=rng.choice([0.0, face.size]))
    ruled = columns > 1 and rng.random() < 0.3
    rest: list[Token] = []
    for number in range(columns):
        left = area.left + number * (width + gutter)
        column = Column(
            left,
            left + width,
            area.top + face.size,
            area.bottom
            - (0 if number < columns - 1 else rng.choice([0, 0, area.bottom - area.top]) * rng.random() * 0.5),
        )
        if ruled and number:
            x = left - gutter / 2
            sheet.rule(x, area.top, x, area.bottom, width=0.15)
        rest = _fill(sheet, prose, rng, setting, column, rest)


def _fill(sheet: Sheet, prose: Prose, rng: Random, setting: Setting, column: Column, rest: list[Token]) -> list[Token]:
    """Fill one column with headed paragraphs; what found no room goes on in the next column."""
    leading = setting.leading
    y = column.top
    plain = replace(setting, indent=0.0)
    while y <= column.bottom:
        if not rest:
            if rng.random() < 0.25 and y + leading * 4 < column.bottom:
                heading = replace(plain, face=setting.face.plus("bold"), align="left")
                _, y = flow(
                    sheet,
                    sheet.block("title"),
                    tokens(prose.draw("headings")),
                    replace(column, top=y + leading * 0.3),
                    heading,
                )
            rest = tokens(prose.paragraph(rng.randint(30, 80)), rng, rate=0.008, loud=rng.random() < 0.2)
            if y + leading > column.bottom:
                return []
        rest, y = flow(sheet, sheet.block(), rest, replace(column, top=y), setting)
        y += leading * 0.5
    return rest


def _sidebar(sheet: Sheet, prose: Prose, rng: Random, family: str, area: Column) -> None:
    height = (area.bottom - area.top) * rng.uniform(0.35, 0.8)
    pad = sheet.mm(3)
    bottom = area.top + height
    look = rng.choice(["tint", "frame", "rule"])
    if look == "tint":
        sheet.tint(area.left, area.top, area.right, bottom, ink=rng.randint(218, 238))
    elif look == "frame":
        sheet.frame(area.left, area.top, area.right, bottom, width=0.3)
    else:
        sheet.rule(area.left, area.top, area.right, area.top, width=0.6)
        sheet.rule(area.left, bottom, area.right, bottom, width=0.6)
    face = Face(family, "regular", sheet.pt(8))
    leading = face.size * 1.3
    part = sheet.block("sidebar")
    column = Column(area.left + pad, area.right - pad, area.top + pad + face.size, bottom - pad)
    heading = Setting(Face(family, "bold", sheet.pt(9.5)), leading * 1.2)
    _, y = flow(sheet, part, tokens(prose.draw("headings")), column, heading)
    while y + leading * 2 < column.bottom:
        _, y = flow(
            sheet, part, tokens(prose.paragraph(12)), replace(column, top=y + leading * 0.3), Setting(face, leading)
        )
