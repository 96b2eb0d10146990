"""A typewritten page: letters that dance and fade, words struck over with x, underlines, hand-typed margins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloister.samples.commission import Commission, Drawn
from cloister.samples.sheet import Sheet
from cloister.samples.truth import TrueLine, TrueWord
from cloister.samples.typefaces import Face

if TYPE_CHECKING:
    from random import Random

    from cloister.samples.sheet import Part


class _Machine:
    """A typewriter with its own faults: every letter has a standing height and a weight of its own."""

    def __init__(self, sheet: Sheet, rng: Random, face: Face, pitch: float) -> None:
        self.sheet, self.rng, self.face, self.pitch = sheet, rng, face, pitch
        self._height = {chr(c): rng.choice([-1, 0, 0, 0, 1]) * face.size * 0.03 for c in range(33, 0x180)}
        self._weight = {chr(c): rng.randint(0, 50) for c in range(33, 0x180)}

    def strike(self, character: str, x: float, baseline: float) -> tuple[int, int, int, int] | None:
        """One letter in its cell; its ink's box."""
        tile = self.face.tile(character)
        rng, sheet = self.rng, self.sheet
        left = (
            round(x + (self.pitch - self.face.length(character)) / 2 + rng.uniform(-0.012, 0.012) * self.face.size)
            + tile.left
        )
        top = round(baseline + self._height.get(character, 0) + rng.uniform(-0.012, 0.012) * self.face.size) + tile.top
        ink = max(0, min(130, 24 + self._weight.get(character, 0) + rng.randint(-16, 26)))
        sheet.image.paste(sheet.colour(ink), (left, top), tile.mask)
        return (
            None if tile.ink is None else (left + tile.ink[0], top + tile.ink[1], left + tile.ink[2], top + tile.ink[3])
        )

    def type(self, part: Part, text: str, x: float, baseline: float, *, underline: bool = False) -> None:
        """A line of text at a fixed pitch."""
        words: list[TrueWord] = []
        column = 0
        for word in text.split(" "):
            boxes = [
                box for i, c in enumerate(word) if (box := self.strike(c, x + (column + i) * self.pitch, baseline))
            ]
            if boxes:
                x0, y0 = min(b[0] for b in boxes), min(b[1] for b in boxes)
                x1, y1 = max(b[2] for b in boxes), max(b[3] for b in boxes)
                words.append(TrueWord(word, ((x0, y0), (x1, y0), (x1, y1), (x0, y1))))
            column += len(word) + 1
        if underline:
            for i in range(column - 1):
                self.strike("_", x + i * self.pitch, baseline + self.face.size * 0.06)
        if words:
            part.lines.append(TrueLine(tuple(words)))


def draw(commission: Commission) -> Drawn:
    """A page of minutes. Struck-over words are ink without truth."""
    rng, prose = commission.chance(), commission.prose()
    sheet = Sheet(210, 297, commission.dpi)
    face = Face(rng.choice(["worn", "typewriter", "typewriter"]), "regular", sheet.pt(12))
    pitch = sheet.dpi / rng.choice([10, 12])
    face = Face(face.family, "regular", round(pitch / face.length("n") * face.size, 1))
    machine = _Machine(sheet, rng, face, pitch)
    left, leading = sheet.mm(rng.uniform(22, 30)), sheet.dpi / 6 * rng.choice([1.0, 1.5])
    columns = int((sheet.width - left - sheet.mm(16)) / pitch)
    y = float(sheet.mm(22))
    number = f"- {rng.randint(2, 19)} -"
    machine.type(sheet.block("header"), number, left + (columns - len(number)) / 2 * pitch, y)
    y += leading * 2.5
    heading = prose.draw("headings").upper()
    machine.type(sheet.block("title"), heading, left, y, underline=True)
    y += leading * 2
    while y < sheet.mm(272):
        part = sheet.block()
        indent = rng.choice([0, 5])
        for line in _wrapped(rng, prose.paragraph(rng.randint(30, 80)), columns, indent):
            if y > sheet.mm(278):
                break
            shift = indent if not part.lines else 0
            machine.type(part, line, left + (shift + rng.uniform(-0.03, 0.03)) * pitch, y)
            if len(line) < columns - 14 and rng.random() < 0.06:
                for i in range(rng.randint(4, 9)):
                    for c in ("x", rng.choice("aeinrst")):
                        machine.strike(c, left + (len(line) + shift + 2 + i) * pitch, y)
            y += leading
        y += leading * rng.choice([0.5, 1.0])
    return Drawn(sheet)


def _wrapped(rng: Random, text: str, columns: int, indent: int) -> list[str]:
    """Ragged lines of at most `columns` characters; a typist leaves some room."""
    lines: list[str] = []
    line, room = "", columns - indent
    for word in text.split():
        if line and len(line) + 1 + len(word) > room - rng.choice([0, 0, 1, 2]):
            lines.append(line)
            line, room = word, columns
        else:
            line = f"{line} {word}".strip()
    return [*lines, line]
