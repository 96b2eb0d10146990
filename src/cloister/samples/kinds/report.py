"""A report of several pages: title page with contents, then chapters with text, a table and a chart."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cloister.samples import furniture
from cloister.samples.commission import Commission, Drawn
from cloister.samples.sheet import Pen, Sheet
from cloister.samples.typefaces import Face
from cloister.samples.typeset import Column, Setting, flow, tokens

if TYPE_CHECKING:
    from random import Random

    from cloister.samples.prose import Prose


def draw(commission: Commission) -> Drawn:
    """Page `number` of `of`; what all pages share comes from the seed, the rest from the page's number."""
    shared = commission.chance()
    common = commission.prose()
    family = shared.choice(["serif", "book", "office"])
    company, year = common.draw("companies"), shared.randint(1998, 2025)
    title = f"{common.label('report')} {year}"
    sheet = Sheet(210, 297, commission.dpi)
    rng, prose = commission.chance(f"page {commission.number}"), commission.prose(f"prose {commission.number}")
    left, right = float(sheet.mm(26)), float(sheet.width - sheet.mm(24))
    if commission.number == 1:
        _cover(sheet, shared, common, (family, company, title), (left, right), commission.of)
    else:
        small = Face(family, "regular", sheet.pt(8.5))
        head = sheet.block("header")
        sheet.text(head, company, small.plus("italic"), left, sheet.mm(16))
        sheet.text(head, title, small, right, sheet.mm(16), align="right")
        sheet.rule(left, sheet.mm(18), right, sheet.mm(18), width=0.2)
        _chapter(sheet, rng, prose, family, Column(left, right, sheet.mm(30), sheet.mm(272)), commission.number)
    foot = Face(family, "regular", sheet.pt(9))
    number = common.label("page").format(commission.number, commission.of)
    sheet.text(sheet.block("footer"), number, foot, (left + right) / 2, sheet.mm(285), align="centre")
    return Drawn(sheet, fields={"title": title, "company": company})


def _cover(
    sheet: Sheet, rng: Random, prose: Prose, names: tuple[str, str, str], edges: tuple[float, float], of: int
) -> None:
    family, company, title = names
    left, right = edges
    furniture.logo(sheet, rng, left, sheet.mm(30), sheet.mm(26), 40)
    day = prose.date_of(int(title.split()[-1]) + 1, rng.randint(2, 6), rng.randint(1, 28))
    head = sheet.block("title")
    sheet.text(head, company, Face(family, "bold", sheet.pt(17)), left, sheet.mm(76))
    sheet.text(head, title, Face(family, "bold", sheet.pt(30)), left, sheet.mm(94))
    sheet.rule(left, sheet.mm(100), right, sheet.mm(100), width=0.8)
    sheet.text(
        sheet.block(),
        f"{prose.fill('{name}')}, {prose.draw('cities')}, {day}",
        Face(family, "regular", sheet.pt(12)).plus("italic"),
        left,
        sheet.mm(110),
    )
    face = Face(family, "regular", sheet.pt(11))
    sheet.text(sheet.block("title"), prose.label("contents"), face.plus("bold"), left, sheet.mm(146))
    part, y = sheet.block(), sheet.mm(155)
    for i in range(1, 9):
        name, value = f"{i} {prose.draw('headings')}", str(2 + (max(of, 2) - 1) * (i - 1) // 8)
        pens: list[Pen] = []
        pen = left
        for word in name.split():
            pens.append((word, face, pen))
            pen += face.length(word + " ")
        start = right - face.length(value)
        while pen < start - face.length("  "):
            sheet.line(None, [(".", face, pen)], y)
            pen += face.length(".") * 1.5
        sheet.line(part, [*pens, (value, face, start)], y)
        y += sheet.mm(7)
    furniture.stamp(
        sheet, rng, [prose.label("confidential")], sheet.mm(160), sheet.mm(44), ink=60, angle=rng.uniform(-9, 9)
    )


def _chapter(sheet: Sheet, rng: Random, prose: Prose, family: str, column: Column, number: int) -> None:
    face = Face(family, "regular", sheet.pt(11))
    setting = Setting(face, face.size * 1.32, "justify", shrink=0.8)
    y = column.top
    sheet.text(
        sheet.block("title"),
        f"{number - 1} {prose.draw('headings')}",
        Face(family, "bold", sheet.pt(15)),
        column.left,
        round(y),
    )
    y += setting.leading * 1.6
    extras = [_table, _chart]
    rng.shuffle(extras)
    for piece in range(12):
        if y + setting.leading * 3 > column.bottom:
            break
        if piece in {2, 5} and extras and y + sheet.mm(70) < column.bottom:
            y = extras.pop()(sheet, rng, prose, face, replace(column, top=y))
            continue
        words = tokens(prose.paragraph(rng.randint(50, 100)), rng, rate=0.004)
        _, y = flow(sheet, sheet.block(), words, replace(column, top=y), setting)
        y += setting.leading * 0.5


def _table(sheet: Sheet, rng: Random, prose: Prose, face: Face, column: Column) -> float:
    """Five rows of towns and numbers under a head."""
    part = sheet.block("table")
    small = Face(face.family, "regular", face.size * 0.88)
    height = small.size * 1.55
    y = column.top
    edges = [column.left + (column.right - column.left) * share for share in (0.04, 0.5, 0.73, 0.96)]
    rows = [[prose.label("city").split()[-1].title(), "2019", "2020"]]
    rows += [
        [prose.draw("cities"), prose.decimal(rng.randint(1000, 990000)), prose.decimal(rng.randint(1000, 990000))]
        for _ in range(5)
    ]
    sheet.rule(edges[0], y - small.size, edges[-1], y - small.size, width=0.4)
    for i, row in enumerate(rows):
        own = small.plus("bold") if i == 0 else small
        pens: list[Pen] = []
        pen = edges[0]
        for word in row[0].split():
            pens.append((word, own, pen))
            pen += own.length(word + " ")
        pens += [(text, own, edges[j + 1] - own.length(text)) for j, text in enumerate(row[1:], start=1)]
        sheet.line(part, pens, round(y))
        if i in {0, len(rows) - 1}:
            sheet.rule(edges[0], y + small.size * 0.35, edges[-1], y + small.size * 0.35, width=0.25)
        y += height
    return y + height


def _chart(sheet: Sheet, rng: Random, prose: Prose, face: Face, column: Column) -> float:
    """Bars over the months with a caption; the months are truth."""
    small = Face(face.family, "regular", face.size * 0.72)
    left, right = column.left + sheet.mm(10), column.right - sheet.mm(10)
    bottom = column.top + sheet.mm(38)
    names = [name[:3] for name in prose.months()]
    step = (right - left) / len(names)
    pens: list[Pen] = []
    for i, name in enumerate(names):
        tall = sheet.mm(rng.uniform(6, 34))
        x = left + i * step
        sheet.tint(x + step * 0.2, bottom - tall, x + step * 0.8, bottom, ink=rng.choice([96, 120, 150]))
        pens.append((name, small, x + step / 2 - small.length(name) / 2))
    sheet.rule(left, bottom, right, bottom, width=0.3)
    sheet.rule(left, column.top - sheet.mm(1), left, bottom, width=0.3)
    part = sheet.block("figure")
    baseline = round(bottom + small.size * 1.2)
    sheet.line(part, pens, baseline)
    caption = f"Fig. {rng.randint(1, 9)}: {prose.draw('headings')} ({prose.label('amount')})"
    sheet.text(
        part,
        caption,
        Face(face.family, "regular", face.size * 0.85).plus("italic"),
        (left + right) / 2,
        round(baseline + face.size * 1.5),
        align="centre",
    )
    return baseline + face.size * 4
