"""What the papers of an office have in common: letterheads, pairs of name and value, tables, text, pens and stamps."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from cloister.samples import accounts, furniture
from cloister.samples.sheet import Part, Pen, Sheet
from cloister.samples.typefaces import HANDS, Face, named

if TYPE_CHECKING:
    from random import Random

    from cloister.samples.commission import Commission
    from cloister.samples.prose import Prose
    from cloister.samples.sheet import Colour

INKS: tuple[Colour, ...] = ((16, 72, 110), (140, 44, 30), (24, 92, 70), (70, 50, 110), (30, 30, 30))


@cache
def vocabulary(language: str) -> dict[str, Any]:
    """What papers say in one language."""
    folder = files("cloister.samples").joinpath("words/papers")
    return tomllib.loads(folder.joinpath(f"{language}.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Cells:
    """How a table is divided: its columns' edges as shares of its width, and which columns stand at the right."""

    shares: tuple[float, ...]
    right: frozenset[int]


class Office:
    """One A4 page in the making, with its words, its typeface and its ink."""

    def __init__(self, commission: Commission, *, families: tuple[str, ...] = ("sans", "office", "serif")) -> None:
        self.commission = commission
        self.rng: Random = commission.chance()
        self.prose: Prose = commission.prose()
        self.words = vocabulary(commission.language)
        self.sheet: Sheet = commission.blank(210, 297, mode="RGB")
        self.family = self.rng.choice(families)
        self.ink: Colour = self.rng.choice(INKS)
        self.left, self.right = float(self.sheet.mm(20)), float(self.sheet.width - self.sheet.mm(18))
        self.typed = commission.typed
        self.hand = Face(self.rng.choice(HANDS), "regular", self.sheet.pt(14))
        self.pen: Colour = self.rng.choice((furniture.BLUE, furniture.BLACK_PEN))

    def face(self, points: float, style: str = "regular") -> Face:
        """The page's own typeface."""
        return Face(self.family, "regular", self.sheet.pt(points)).plus(style)

    def label(self, key: str) -> str:
        """A fixed label: the paper's own, or the language's."""
        labels = self.words["labels"]
        return self.prose.fill(str(labels[key])) if key in labels else self.prose.label(key)

    def mm(self, length: float) -> int:
        """Millimetres in pixels."""
        return self.sheet.mm(length)

    def down(self, y: float) -> float:
        """Pixels in millimetres."""
        return y * 100 / self.mm(100)

    def money(self, hundredths: int) -> str:
        """A sum with two places, its thousands grouped."""
        sign, value = ("-" if hundredths < 0 else ""), abs(hundredths)
        whole, rest = divmod(value, 100)
        facts = self.prose.decimal(rest, places=2)
        grouped = f"{whole:,}".replace(",", "\u00a0" if self.prose.language in {"fr", "ru"} else ",")
        if self.prose.language in {"de", "es", "it", "el"}:
            grouped = grouped.replace(",", ".")
        return f"{sign}{grouped}{facts[-3]}{rest:02d}"

    def fill(self, pattern: str, year: int) -> str:
        """A pattern with its slots filled: dates of that year, sums as wages and fees are."""
        date = self.day(year, self.rng.randint(1, 12), self.rng.randint(1, 28))
        amount = f"{self.money(self.rng.randint(180, 620) * 1000)} {self.words['currency']}"
        return self.prose.fill(pattern.replace("{date}", date).replace("{amount}", amount))

    def person(self) -> str:
        """A person's name."""
        return self.prose.fill("{name}")

    def day(self, year: int, month: int, day: int) -> str:
        """A date in figures, as the language writes it."""
        match self.prose.language:
            case "en" | "fr" | "es" | "it" | "el":
                return f"{day:02d}/{month:02d}/{year}"
            case "zh":
                return f"{year}-{month:02d}-{day:02d}"
            case _:
                return f"{day:02d}.{month:02d}.{year}"

    def street(self) -> str:
        """A street with a number."""
        number, street = self.rng.randint(1, 99), self.prose.draw("streets")
        match self.prose.language:
            case "en" | "fr":
                return f"{number} {street}"
            case "zh":
                return f"{street}{number}号"
            case "ru":
                return f"{street}, д. {number}"
            case _:
                return f"{street} {number}"

    def town(self) -> str:
        """A town with its code."""
        code, city = self.rng.randint(10000, 99999), self.prose.draw("cities")
        match self.prose.language:
            case "en":
                return f"{city} {'QXZVJ'[code % 5]}{'QVXZ'[code % 4]}{code % 9 + 1} {code % 7 + 1}ZZ"
            case "zh":
                return f"{city}市 {code}0"
            case "ru":
                return f"{code}0, {city}"
            case _:
                return f"{code} {city}"

    def iban(self) -> str:
        """An account of the language's country, with valid check digits."""
        return accounts.grouped(accounts.iban(self.rng, str(self.words["country"])))

    def head(self, company: str, title: str, *, top: float = 15) -> None:
        """Logo, name and address, and the paper's title under a rule."""
        sheet = self.sheet
        furniture.logo(sheet, self.rng, self.left, self.mm(top), self.mm(14), self.ink)
        part = sheet.block("header")
        indent = self.left + self.mm(19)
        sheet.text(
            part,
            company,
            self.fitting(company, 16, "bold", self.right - indent),
            indent,
            self.mm(top + 7),
            ink=self.ink,
        )
        sheet.text(part, f"{self.street()}, {self.town()}", self.face(8.5), indent, self.mm(top + 12.5), ink=70)
        sheet.rule(self.left, self.mm(top + 18), self.right, self.mm(top + 18), width=0.5, ink=self.ink)
        self.title(title, top + 29)

    def title(self, title: str, top: float) -> None:
        """A large heading, `top` in millimetres."""
        face = self.fitting(title, 18, "bold", self.right - self.left)
        self.sheet.text(self.sheet.block("title"), title, face, self.left, self.mm(top), ink=self.ink)

    def fitting(self, text: str, points: float, style: str, width: float) -> Face:
        """The largest face, up to `points`, in which the text has room."""
        face = self.face(points, style)
        length = measured(text, face)
        return face if length <= width else self.face(points * width / length * 0.98, style)

    def pens(self, text: str, face: Face, x: float, *, right: bool = False) -> list[Pen]:
        """The words of a text from x on, or up to x."""
        names = text.split()
        if right:
            x -= measured(text, face)
        pens: list[Pen] = []
        for name in names:
            pens.append((name, face, x))
            x += face.length(name) + _space(text, face)
        return pens

    def pairs(self, rows: list[tuple[str, str]], x: float, value: float, y: float, *, step: float = 5.6) -> float:
        """Names and their values, a line each; all in pixels but the step. Returns the next baseline."""
        part = self.sheet.block()
        for name, text in rows:
            label = self.fitting(name, 9, "regular", value - x - self.mm(2))
            pens = [*self.pens(name, label, x), *self.pens(text, self.face(9.5, "bold"), value)]
            self.sheet.line(part, pens, round(y))
            y += self.mm(step)
        return y

    def row(self, part: Part, cells: Cells, texts: list[str], y: float, face: Face, ink: Colour = 0) -> None:
        """One row of a table."""
        pens: list[Pen] = []
        width, pad = self.right - self.left, self.mm(1.5)
        for i, text in enumerate(texts):
            start, end = self.left + width * cells.shares[i] + pad, self.left + width * cells.shares[i + 1] - pad
            own = face
            length = measured(text, face)
            if length > end - start:
                own = Face(face.family, face.style, face.size * (end - start) / length * 0.98)
            pens += self.pens(text, own, end if i in cells.right else start, right=i in cells.right)
        self.sheet.line(part, pens, round(y), ink=ink)

    def table(self, cells: Cells, heads: list[str], rows: list[list[str]], y: float, *, step: float = 6.4) -> float:
        """A table with a head, in one of three looks. Returns its lower edge."""
        sheet, top, height = self.sheet, y, self.mm(step)
        part = sheet.block("table")
        look = self.rng.choice(("filled", "ruled", "grid"))
        if look == "filled":
            sheet.tint(self.left, y, self.right, y + height, ink=self.ink)
        self.row(part, cells, heads, y + height * 0.68, self.face(8.5, "bold"), 255 if look == "filled" else 0)
        y += height
        for number, texts in enumerate(rows):
            if look == "filled" and number % 2:
                sheet.tint(self.left, y, self.right, y + height, ink=238)
            self.row(part, cells, texts, y + height * 0.68, self.face(9))
            if look != "filled":
                sheet.rule(self.left, y, self.right, y, width=0.15, ink=80)
            y += height
        sheet.rule(self.left, y, self.right, y, width=0.4)
        if look == "grid":
            sheet.rule(self.left, top, self.right, top, width=0.2, ink=40)
            for share in cells.shares:
                x = self.left + (self.right - self.left) * share
                sheet.rule(x, top, x, y, width=0.2, ink=40)
        return y

    def sum(self, name: str, value: str, y: float, *, bold: bool = False) -> float:
        """A sum under a table. Returns the next baseline."""
        face = self.face(11 if bold else 9.5, "bold" if bold else "regular")
        pens = self.pens(name, face, self.left + (self.right - self.left) * 0.52)
        pens += self.pens(value, face, self.right - self.mm(1.5), right=True)
        self.sheet.line(self.sheet.block("table"), pens, round(y))
        return y + self.mm(6.4)

    def text(self, text: str, y: float, *, points: float = 10.5, style: str = "regular", gap: float = 2.5) -> float:
        """A paragraph, its first baseline at y. Chinese is broken between any two characters. Returns what follows."""
        face = self.face(points, style)
        part = self.sheet.block()
        limit = self.right - self.left
        joint = "" if self.prose.language == "zh" else " "
        pieces = _pieces(text) if self.prose.language == "zh" else text.split()
        line: list[str] = []
        for piece in [*pieces, ""]:
            if line and (not piece or measured(joint.join([*line, piece]), face) > limit):
                self.sheet.line(part, self.pens(joint.join(line), face, self.left), round(y))
                y += face.size * 1.42
                line = []
            line.append(piece)
        return y + self.mm(gap)

    def write(self, part: Part, text: str, x: float, baseline: float) -> None:
        """An entry by hand; on a typed page it is typed in."""
        if self.typed:
            self.sheet.text(part, text, self.face(10), x, round(baseline), ink=(20, 30, 90))
        elif self.prose.language == "zh":
            self.sheet.line(part, self.pens(text, self.hand, x), round(baseline), ink=self.pen)
        else:
            furniture.handwritten(self.sheet, part, self.rng, text, self.hand, x, baseline, ink=self.pen)

    def sign(self, name: str, x: float, y: float, *, under: str = "") -> None:
        """A signature over a rule, with what stands under it; x and y in pixels."""
        if self.prose.language == "zh":
            face = Face("apple", "regular", self.sheet.pt(22))
            self.sheet.line(None, [(name.replace(" ", ""), face, x + self.mm(6))], round(y - self.mm(2)), ink=self.pen)
        else:
            furniture.signature(self.sheet, self.rng, name, x + self.mm(3), y - self.mm(3), ink=self.pen, size=22)
        self.sheet.rule(x, y, x + self.mm(66), y, width=0.2)
        if under:
            self.sheet.text(self.sheet.block(), under, self.face(8), x, round(y + self.mm(4)))

    def stamp(self, lines: list[str], x: float, y: float) -> None:
        """A rubber stamp, x and y in millimetres; printed pages only."""
        if not self.typed:
            ink = self.rng.choice((furniture.RED, furniture.BLUE, furniture.VIOLET))
            furniture.stamp(self.sheet, self.rng, lines, self.mm(x), self.mm(y), ink=ink)

    def seal(self, x: float, y: float) -> None:
        """A round seal, x and y in millimetres."""
        furniture.round_stamp(self.sheet, self.rng, self.mm(x), self.mm(y), radius=self.mm(14))

    def foot(self, texts: list[str]) -> None:
        """Small lines at the foot of the page."""
        part = self.sheet.block("footer")
        self.sheet.rule(self.left, self.mm(276), self.right, self.mm(276), width=0.2, ink=self.ink)
        for i, text in enumerate(texts):
            face = self.fitting(text, 7, "regular", self.right - self.left)
            middle = (self.left + self.right) / 2
            self.sheet.text(part, text, face, middle, self.mm(280 + 3.6 * i), align="centre", ink=60)


def measured(text: str, face: Face) -> float:
    """How long the words of a text are with single spaces, in pixels."""
    names = text.split()
    return sum(face.length(name) for name in names) + _space(text, face) * max(0, len(names) - 1)


def _space(text: str, face: Face) -> float:
    """A space as wide as the typeface that sets the text has it, which may be a stand-in."""
    family, _, style = named(face, text).partition("-")
    return Face(family, style, face.size).length(" ")


_CLOSING = "，。；：！？、）》”"  # noqa: RUF001 - Chinese stops are what is meant


def _pieces(text: str) -> list[str]:
    """Characters that a Chinese line may break between; a stop stays with what it ends, figures stay together."""
    pieces: list[str] = []
    for character in text:
        figures = pieces and character.isascii() and pieces[-1][-1].isascii()
        if pieces and (character in _CLOSING or figures):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces
