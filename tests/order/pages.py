"""Small random pages of lines with a known reading order, as a detector would give them."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import radians, tan
from random import Random

from cloister.document import Line, Polygon, Word

WORDS = [
    "the", "river", "of", "a", "council", "letter", "under", "which", "payment", "agreed", "and", "before",
    "house", "table", "morning", "report",
]  # fmt: skip


@dataclass
class Sheet:
    """Collects lines in their true order; `jitter` moves edges as detectors do."""

    random: Random
    slope: float = 0.0
    jitter: float = 0.06
    tight: bool = False
    """Outlines around the ink: lower where a line happens to have no ascenders, higher where no descenders."""
    lines: list[Line] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def put(self, x: float, y: float, h: float, text: str, width: float | None = None) -> float:
        """Set a row at x, top y; returns its right end."""
        width = width if width is not None else len(text) * 0.45 * h
        self.texts.append(text)
        self.fragment(x, y, h, text, width)
        return x + width

    def fragment(self, x: float, y: float, h: float, text: str, width: float) -> None:
        """A line of `text` that fills `width`."""
        r, j = self.random, self.jitter * h
        x0, x1 = x - 0.15 * h + r.uniform(-j, j), x + width + 0.15 * h + r.uniform(-j, j)
        y0, y1 = y + r.uniform(-j, j), y + h + r.uniform(-j, j)
        if self.tight:
            y0, y1 = y0 + r.choice((0, 0, 0, 0.2)) * h, y1 - r.choice((0, 0, 0.2)) * h
        words, at, step = [], x, width / max(1, len(text))
        for word in text.split():
            words.append(Word(word, self.turned(at, y0, at + step * len(word), y1), 0.9))
            at += step * (len(word) + 1)
        self.lines.append(Line(tuple(words), self.turned(x0, y0, x1, y1), 0.9))

    def turned(self, x0: float, y0: float, x1: float, y1: float) -> Polygon:
        """The box, sheared by the page's skew."""
        s = self.slope
        return (
            (x0 - s * y0, y0 + s * x0), (x1 - s * y0, y0 + s * x1),
            (x1 - s * y1, y1 + s * x1), (x0 - s * y1, y1 + s * x0),
        )  # fmt: skip

    def prose(self, x: float, y: float, width: float, bottom: float, h: float, leading: float) -> float:
        """Paragraphs of running text; returns where they end."""
        r = self.random
        while y + h < bottom:
            for i in range(n := r.randint(2, 9)):
                if y + h >= bottom:
                    break
                room = width * (r.uniform(0.25, 0.9) if i == n - 1 else r.uniform(0.86, 1.0))
                indent = 1.2 * h if i == 0 and n % 2 else 0.0
                text, goal = [r.choice(WORDS)], (room - indent) / (0.45 * h)
                while len(" ".join(text)) < goal - 5:
                    text.append(r.choice(WORDS))
                self.row(x + indent, y, h, " ".join(text), min(width, room) - indent)
                y += leading
            y += r.choice((0.0, 0.6)) * leading
        return y

    def row(self, x: float, y: float, h: float, text: str, width: float) -> None:
        """A row of prose, now and then in two fragments."""
        self.texts.append(text)
        words = text.split()
        if len(words) > 4 and self.random.random() < 0.05:
            cut = self.random.randint(2, len(words) - 2)
            first, rest = " ".join(words[:cut]), " ".join(words[cut:])
            step = width / len(text)
            self.fragment(x, y, h, first, step * len(first))
            self.fragment(x + step * (len(first) + 1), y, h, rest, step * len(rest))
        else:
            self.fragment(x, y, h, text, width)


def heading(sheet: Sheet, x: float, y: float, h: float, room: float) -> None:
    """A heading of a few words."""
    text = sheet.random.choice(WORDS)
    while len(text) < sheet.random.randint(6, 40) and (len(text) + 10) * 0.45 * h < room:
        text += " " + sheet.random.choice(WORDS)
    sheet.put(x, y, h, text.title())


def page(seed: int, *, tight: bool = False) -> tuple[Sheet, int, int]:
    """A page of 1 to 3 columns with header, footer, heading, sidebar or table, by chance."""
    r = Random(seed)
    sheet = Sheet(r, slope=tan(radians(r.uniform(-1, 1))), tight=tight)
    width, height, h = 2480, 3508, r.choice((34, 40, 46))
    leading = h * r.uniform(1.15, 1.6)
    left, right, top, bottom = 220.0, 2260.0, 300.0, 3150.0
    if r.random() < 0.6:
        sheet.put(left, 130, 0.8 * h, "Annual report of the council")
    if r.random() < 0.6:
        heading(sheet, left, top, 2 * h, right - left)
        top += 4 * h
    if r.random() < 0.3:
        top = sheet.prose(left, top, right - left, top + 6 * leading, h, leading) + leading
    columns = r.randint(1, 3)
    gutter = r.uniform(1.3, 3.0) * h
    aside = columns < 3 and r.random() < 0.4
    side_first = aside and r.random() < 0.5
    side = 0.24 * (right - left) if aside else 0.0
    x0, x1 = (
        (left + side + gutter if side_first else left),
        (right if side_first or not aside else right - side - gutter),
    )
    wide = (x1 - x0 - gutter * (columns - 1)) / columns
    for i in range(columns):
        end = bottom if i < columns - 1 else r.uniform(0.5, 1.0) * (bottom - top) + top
        y = top
        while y + 4 * leading < end:
            if r.random() < 0.4:
                heading(sheet, x0 + i * (wide + gutter), y, 1.2 * h, wide)
                y += 2 * leading
            y = sheet.prose(x0 + i * (wide + gutter), y, wide, min(end, y + r.randint(6, 30) * leading), h, leading)
            y += 0.7 * leading
    if aside:
        end = r.uniform(0.35, 0.8) * (bottom - top) + top
        sheet.prose(left if side_first else right - side, top, side, end, 0.8 * h, 1.1 * h)
    if r.random() < 0.7:
        sheet.put(1200, 3330, 0.8 * h, str(r.randint(1, 400)))
    return sheet, width, height
