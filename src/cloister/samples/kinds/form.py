"""An office form filled in by hand: ruled fields, boxes for single characters, ticks, remarks, signature, seal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cloister.document import Box
from cloister.samples import furniture
from cloister.samples.commission import Commission, Drawn
from cloister.samples.sheet import Part, Sheet
from cloister.samples.truth import TrueLine, TrueWord
from cloister.samples.typefaces import HANDS, Face
from cloister.samples.typeset import Column, Setting, flow, tokens

if TYPE_CHECKING:
    from random import Random

    from cloister.samples.prose import Prose
    from cloister.samples.sheet import Colour


@dataclass(frozen=True, slots=True)
class _Clerk:
    """The sheet and whoever fills it in."""

    sheet: Sheet
    rng: Random
    prose: Prose
    hand: Face
    ink: Colour
    left: float
    right: float

    def print(self, points: float, style: str = "regular") -> Face:
        return Face("sans", style, self.sheet.pt(points))


def draw(commission: Commission) -> Drawn:
    """One page. Entries are truth like all other text; the signature is not."""
    rng, prose = commission.chance(), commission.prose()
    sheet = Sheet(210, 297, commission.dpi, mode="RGB")
    hand = Face(rng.choice(HANDS), "regular", sheet.pt(19))
    if hand.family in {"patrick", "kalam"}:
        hand = Face(hand.family, "regular", sheet.pt(15.5))
    ink = rng.choice([furniture.BLUE, furniture.BLUE, furniture.BLACK_PEN])
    clerk = _Clerk(sheet, rng, prose, hand, ink, sheet.mm(20), sheet.width - sheet.mm(20))
    _head(clerk)
    fields = {
        "surname": prose.draw("family"),
        "given_names": f"{prose.draw('given')} {prose.draw('given')}",
        "place": prose.draw("cities"),
        "occupation": prose.draw("occupations"),
        "address": f"{prose.draw('streets')} {rng.randint(1, 180)}",
        "city": f"{rng.randint(10000, 99999)} {prose.draw('cities')}",
        "phone": prose.phone(),
        "email": prose.email(),
    }
    y = float(sheet.mm(74))
    for row in (("surname", "given_names"), ("address", "city"), ("phone", "email"), ("place", "occupation")):
        _fields(clerk, [(prose.label(key), fields[key]) for key in row], y)
        y += sheet.mm(17)
    fields["birth"] = f"{rng.randint(1, 28):02d}{rng.randint(1, 12):02d}{rng.randint(1930, 2004)}"
    _comb(clerk, prose.label("birth"), fields["birth"], y)
    _ticks(clerk, y)
    y += sheet.mm(21)
    y = _remarks(clerk, y)
    _close(clerk, f"{fields['given_names'].split()[0]} {fields['surname']}", y)
    return Drawn(sheet, fields=fields)


def _head(clerk: _Clerk) -> None:
    sheet, prose, rng = clerk.sheet, clerk.prose, clerk.rng
    furniture.logo(sheet, rng, clerk.left, sheet.mm(17), sheet.mm(14), (44, 44, 48))
    part = sheet.block("header")
    sheet.text(
        part,
        f"{prose.draw('companies')}, {prose.draw('cities')}",
        clerk.print(9),
        clerk.left + sheet.mm(19),
        sheet.mm(22),
    )
    sheet.text(
        part,
        f"Form {rng.choice('ABCDE')}-{rng.randint(10, 99)}/{rng.randint(1, 9)}",
        clerk.print(7.5),
        clerk.right,
        sheet.mm(22),
        align="right",
    )
    sheet.text(
        sheet.block("title"), prose.label("form"), clerk.print(17, "bold"), clerk.left + sheet.mm(19), sheet.mm(31)
    )
    sheet.rule(clerk.left, sheet.mm(36), clerk.right, sheet.mm(36), width=0.6)
    setting = Setting(clerk.print(8.2), sheet.pt(11), "justify")
    words = tokens(prose.paragraph(34))
    flow(sheet, sheet.block(), words, Column(clerk.left, clerk.right, sheet.mm(43), sheet.mm(60)), setting)
    x0, y0 = clerk.right - sheet.mm(56), sheet.mm(54)
    sheet.tint(x0, y0, clerk.right, y0 + sheet.mm(12), ink=226)
    sheet.frame(x0, y0, clerk.right, y0 + sheet.mm(12), width=0.3)
    sheet.text(sheet.block(), prose.label("office_use"), clerk.print(6.5), x0 + sheet.mm(2), y0 + sheet.mm(3.4))
    number = Face("typewriter", "bold", sheet.pt(12))
    sheet.text(sheet.block(), prose.code(), number, x0 + sheet.mm(5), y0 + sheet.mm(9.6), ink=(40, 40, 60))


def _fields(clerk: _Clerk, cells: list[tuple[str, str]], y: float) -> None:
    """A row of ruled boxes, a small printed label in each, the entry on its line."""
    sheet = clerk.sheet
    width = (clerk.right - clerk.left) / len(cells)
    height = sheet.mm(14)
    for i, (name, value) in enumerate(cells):
        x = clerk.left + i * width
        sheet.frame(x, y, x + width, y + height, width=0.25, ink=(50, 50, 56))
        sheet.text(sheet.block("form"), name, clerk.print(7), x + sheet.mm(1.6), round(y + sheet.mm(3.6)))
        hand = clerk.hand
        room = width - sheet.mm(7)
        if hand.length(value) * 1.12 > room:
            hand = Face(hand.family, hand.style, round(hand.size * room / (hand.length(value) * 1.12), 1))
        baseline = y + sheet.mm(clerk.rng.uniform(10.2, 11.8))
        furniture.handwritten(
            sheet,
            sheet.block("hand"),
            clerk.rng,
            value,
            hand,
            x + sheet.mm(clerk.rng.uniform(3, 5)),
            baseline,
            ink=clerk.ink,
        )


def _comb(clerk: _Clerk, name: str, digits: str, y: float) -> None:
    """One box a character; the truth is the joined entry."""
    sheet, rng = clerk.sheet, clerk.rng
    sheet.text(sheet.block("form"), name, clerk.print(7), clerk.left + sheet.mm(1.6), round(y + sheet.mm(3.6)))
    cell, top = sheet.mm(6.2), y + sheet.mm(5)
    boxes: list[Box] = []
    part = sheet.block("hand")
    for i, character in enumerate(digits):
        x = clerk.left + sheet.mm(1.6) + i * cell + (sheet.mm(2) if i > 1 else 0) + (sheet.mm(2) if i > 3 else 0)
        sheet.frame(x, top, x + cell, top + sheet.mm(8), width=0.2, ink=(60, 60, 66))
        face = Face(clerk.hand.family, "regular", round(clerk.hand.size * rng.uniform(0.92, 1.05), 1))
        held = Part("hand")
        pen = x + cell / 2 - face.length(character) / 2
        furniture.handwritten(sheet, held, rng, character, face, pen, top + sheet.mm(6.2), ink=clerk.ink)
        boxes.extend(word.box for line in held.lines for word in line.words)
    x0, y0, x1, y1 = (
        min(b[0] for b in boxes),
        min(b[1] for b in boxes),
        max(b[2] for b in boxes),
        max(b[3] for b in boxes),
    )
    part.lines.append(TrueLine((TrueWord(digits, ((x0, y0), (x1, y0), (x1, y1), (x0, y1))),)))


def _ticks(clerk: _Clerk, y: float) -> None:
    """Two pairs of boxes to tick; a cross by hand in one of each."""
    sheet, rng = clerk.sheet, clerk.rng
    for row, keys in enumerate((("married", "single"), ("yes", "no"))):
        chosen = rng.randrange(2)
        for i, key in enumerate(keys):
            x, top = clerk.left + sheet.mm(88 + 36 * i), y + sheet.mm(3 + 7 * row)
            side = sheet.mm(3.6)
            sheet.frame(x, top, x + side, top + side, width=0.25)
            sheet.text(
                sheet.block("form"),
                clerk.prose.label(key),
                clerk.print(8.5),
                x + sheet.mm(5.4),
                round(top + sheet.mm(3.2)),
            )
            if i == chosen:
                for a, b in ((0, 1), (1, 0)):
                    wobble = [rng.uniform(-0.25, 0.25) * side for _ in range(4)]
                    ends = (
                        x - side * 0.2 + wobble[0],
                        top + (a * 1.2 - 0.1) * side + wobble[1],
                        x + side * 1.2 + wobble[2],
                        top + (b * 1.2 - 0.1) * side + wobble[3],
                    )
                    sheet.rule(*ends, width=0.45, ink=clerk.ink)


def _remarks(clerk: _Clerk, y: float) -> float:
    """Ruled lines with a sentence by hand that leaves the last one empty."""
    sheet, rng = clerk.sheet, clerk.rng
    sheet.text(sheet.block("form"), f"{clerk.prose.label('remarks')}:", clerk.print(8.5, "bold"), clerk.left, round(y))
    words = clerk.prose.paragraph(18).split()
    part = sheet.block("hand")
    limit = clerk.right - clerk.left - sheet.mm(6)
    for _ in range(4):
        y += sheet.mm(10.5)
        sheet.rule(clerk.left, y, clerk.right, y, width=0.18, ink=(90, 90, 96))
        taken: list[str] = []
        while words and clerk.hand.length(" ".join([*taken, words[0]])) * 1.16 < limit:
            taken.append(words.pop(0))
        if taken:
            x = clerk.left + sheet.mm(rng.uniform(1, 3))
            furniture.handwritten(sheet, part, rng, " ".join(taken), clerk.hand, x, y - sheet.mm(1.6), ink=clerk.ink)
    return y


def _close(clerk: _Clerk, name: str, y: float) -> None:
    sheet, rng, prose = clerk.sheet, clerk.rng, clerk.prose
    y += sheet.mm(26)
    middle = clerk.left + sheet.mm(80)
    place = sheet.block("hand")
    furniture.handwritten(
        sheet,
        place,
        rng,
        f"{prose.draw('cities')}, {rng.randint(1, 28)}.{rng.randint(1, 12)}.{rng.randint(1996, 2024)}",
        clerk.hand,
        clerk.left + sheet.mm(2),
        y - sheet.mm(1.8),
        ink=clerk.ink,
    )
    sheet.rule(clerk.left, y, clerk.left + sheet.mm(68), y, width=0.2)
    sheet.rule(middle, y, clerk.right, y, width=0.2)
    part = sheet.block("form")
    sheet.text(part, prose.label("date"), clerk.print(7), clerk.left, round(y + sheet.mm(3.6)))
    sheet.text(part, prose.label("signature"), clerk.print(7), middle, round(y + sheet.mm(3.6)))
    furniture.signature(sheet, rng, name, middle + sheet.mm(5), y - sheet.mm(4), ink=clerk.ink, size=24)
    furniture.round_stamp(sheet, rng, sheet.mm(rng.uniform(150, 172)), y + sheet.mm(8), radius=sheet.mm(15))
    foot = sheet.block("footer")
    sheet.text(foot, f"{prose.label('page').format(1, 2)}", clerk.print(7), clerk.right, sheet.mm(287), align="right")
