"""What stands on paper beside running text: stamps, signatures, logos, bar codes, handwriting."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PIL import Image, ImageFilter

from cloister.samples.sheet import Sheet
from cloister.samples.truth import TrueLine, TrueWord
from cloister.samples.typefaces import Face

if TYPE_CHECKING:
    from random import Random

    from cloister.samples.sheet import Colour, Part

BLUE = (34, 52, 128)
RED = (168, 38, 40)
VIOLET = (84, 52, 120)
BLACK_PEN = (42, 42, 48)


def veil(rng: Random, *, least: int = 90) -> Image.Image:
    """Uneven ink: blotches from `least` to full strength."""
    size = 48
    blotches = Image.frombytes("L", (size, size), bytes(rng.choice((least, 235, 255, 255)) for _ in range(size * size)))
    return blotches.filter(ImageFilter.GaussianBlur(1))


def stamp(
    sheet: Sheet, rng: Random, lines: list[str], x: float, y: float, *, ink: Colour = RED, angle: float | None = None
) -> None:
    """A framed rubber stamp with its centre at x, y; its words are truth, in a block of their own."""
    size = sheet.pt(15)
    faces = [Face("sans", "bold", size if i == 0 else size * 0.72, size * 0.06) for i in range(len(lines))]
    width = max(face.length(line) for face, line in zip(faces, lines, strict=True)) + size * 1.4
    height = sum(face.size * 1.35 for face in faces) + size * 0.7
    slip = _slip(sheet, width + 6, height + 6)
    line_width = max(2, round(size * 0.09))
    slip.draw.rounded_rectangle((3, 3, width, height), radius=round(size * 0.25), outline=0, width=line_width)
    part = slip.block("stamp")
    baseline = size * 0.35
    for face, line in zip(faces, lines, strict=True):
        baseline += face.size * 1.3
        slip.text(part, line, face, width / 2 + 2, round(baseline - face.size * 0.2), align="centre")
    sheet.affix(slip, x, y, angle=rng.uniform(-12, 8) if angle is None else angle, ink=ink, veil=veil(rng))


def round_stamp(sheet: Sheet, rng: Random, x: float, y: float, *, radius: float, ink: Colour = VIOLET) -> None:
    """A seal of rings and rays: ink without text."""
    slip = _slip(sheet, radius * 2 + 8, radius * 2 + 8)
    middle = radius + 4
    for share, width in ((1.0, 0.05), (0.9, 0.02), (0.62, 0.02)):
        reach = radius * share
        slip.draw.ellipse(
            (middle - reach, middle - reach, middle + reach, middle + reach),
            outline=0,
            width=max(1, round(radius * width)),
        )
    points = []
    for i in range(20):
        reach = radius * (0.5 if i % 2 else 0.25)
        points.append((middle + reach * math.sin(math.pi * i / 10), middle - reach * math.cos(math.pi * i / 10)))
    slip.draw.polygon(points, outline=0, width=max(1, round(radius * 0.03)))
    for i in range(48):
        turn = math.pi * i / 24
        inner, outer = radius * 0.68, radius * (0.84 if i % 2 else 0.78)
        slip.draw.line(
            (
                middle + inner * math.sin(turn),
                middle - inner * math.cos(turn),
                middle + outer * math.sin(turn),
                middle - outer * math.cos(turn),
            ),
            fill=0,
            width=max(1, round(radius * 0.025)),
        )
    sheet.affix(slip, x, y, angle=rng.uniform(-30, 30), ink=ink, veil=veil(rng, least=60))


def signature(
    sheet: Sheet, rng: Random, name: str, x: float, y: float, *, ink: Colour = BLUE, size: float = 26
) -> None:
    """A name as it is signed, with a flourish; ink without truth, as nobody reads a signature letter by letter."""
    face = Face(rng.choice(["apple", "dancing"]), "regular", sheet.pt(size), -sheet.pt(size) * 0.03)
    initial, *rest = name.split()
    written = f"{initial[0]}. {' '.join(rest)}"
    width, height = face.length(written) + face.size * 1.5, face.size * 2.2
    slip = _slip(sheet, width, height)
    end = slip.text(None, written, face, face.size * 0.5, round(height * 0.62))
    points = []
    for i in range(40):
        share = i / 39
        points.append(
            (
                end - (end - face.size * 0.3) * share,
                height * 0.72 + math.sin(share * 7) * face.size * 0.12 * (1 - share),
            )
        )
    slip.draw.line(points, fill=0, width=max(2, round(face.size * 0.035)), joint="curve")
    sheet.affix(slip, x + width / 2, y - height * 0.12, angle=rng.uniform(-7, -2), ink=ink, veil=veil(rng, least=190))


def logo(sheet: Sheet, rng: Random, x: float, y: float, size: float, ink: Colour) -> None:
    """A plain mark, `size` pixels high, its top left corner at x, y."""
    colour = sheet.colour(ink)
    paper = sheet.colour(255)
    match rng.randrange(4):
        case 0:
            sheet.draw.ellipse((x, y, x + size, y + size), fill=colour)
            sheet.draw.polygon(
                [
                    (x + size * 0.5, y + size * 0.14),
                    (x + size * 0.84, y + size * 0.72),
                    (x + size * 0.16, y + size * 0.72),
                ],
                fill=paper,
            )
        case 1:
            for i in range(4):
                inset = size * i * 0.12
                sheet.draw.rectangle(
                    (x + inset, y + inset, x + size - inset, y + size - inset), fill=colour if i % 2 == 0 else paper
                )
        case 2:
            for i in range(3):
                sheet.draw.polygon(
                    [
                        (x + size * i * 0.3, y + size),
                        (x + size * (i * 0.3 + 0.2), y + size * (0.6 - 0.3 * i)),
                        (x + size * (i * 0.3 + 0.4), y + size),
                    ],
                    fill=colour,
                )
        case _:
            sheet.draw.pieslice((x, y, x + size, y + size), 30, 330, fill=colour)
            sheet.draw.ellipse((x + size * 0.35, y + size * 0.35, x + size * 0.65, y + size * 0.65), fill=paper)


def barcode(sheet: Sheet, rng: Random, x: float, y: float, width: float, height: float) -> None:
    """Bars of chance widths: ink without truth."""
    unit = max(2, sheet.mm(0.33))
    pen = x
    while pen < x + width:
        bar = unit * rng.choice([1, 1, 2, 3])
        sheet.draw.rectangle((pen, y, pen + bar - 1, y + height), fill=sheet.colour(0))
        pen += bar + unit * rng.choice([1, 1, 2])


def handwritten(
    sheet: Sheet, part: Part, rng: Random, text: str, face: Face, x: float, baseline: float, *, ink: Colour = BLUE
) -> float:
    """Words by hand: each a little larger or smaller, higher or lower, turned. Returns where the pen ends."""
    words: list[TrueWord] = []
    pen = x
    drift = rng.uniform(-0.012, 0.012)
    for word in text.split():
        own = Face(
            face.family,
            face.style,
            round(face.size * rng.uniform(0.94, 1.07), 1),
            round(face.size * rng.uniform(-0.01, 0.03), 1),
        )
        width, height = own.length(word) + own.size, own.size * 2
        slip = _slip(sheet, width, height)
        slip.text(slip.block("hand"), word, own, own.size / 2, round(height * 0.62))
        middle = pen + width / 2 - own.size / 2
        up = baseline + drift * (pen - x) + rng.uniform(-0.03, 0.03) * own.size - height * 0.12
        words.extend(sheet.ink_of(slip, middle, up, angle=rng.uniform(-1.6, 0.8), ink=ink, veil=veil(rng, least=170)))
        pen += own.length(word) + own.size * rng.uniform(0.26, 0.38)
    if words:
        part.lines.append(TrueLine(tuple(words)))
    return pen


def _slip(sheet: Sheet, width: float, height: float) -> Sheet:
    """A small white grey sheet, measured in pixels."""
    return Sheet.of_pixels(math.ceil(width), math.ceil(height), sheet.dpi)
