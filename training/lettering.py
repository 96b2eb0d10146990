"""Pages of lines in one script after another, drawn for `training.scripts`: what they show, and where."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from cloister import samples
from cloister.languages import Script
from cloister.ocr import models as shipped
from cloister.samples.quality import wear_of
from training import inputs, writing

if TYPE_CHECKING:
    from cloister.document import Polygon
    from cloister.ocr.engine.geometry import Region
    from cloister.ocr.engine.runtime import Pixels
    from training.writing import Font, Text

_RESOLUTIONS = (75, 100, 100, 150, 150, 200, 200, 300)
_POINTS = (7, 8, 9, 9, 10, 10, 11, 11, 12, 12, 14, 16, 20, 26)
_QUALITIES = ("clean", "scan", "scan", "fax", "photo", "poor", "poor")
_LINES = 14
_HANDS = frozenset(
    {"breip", "bwht", "comic-neue", "dancingscript", "ecolier-court", "essays1743", "kaushanscript", "klee"}
    | {"kouzan-mouhitsu", "kristi", "seto"}
)
"""The folders of faces that look as if written by hand."""
_UNSPACED = {Script.HAN, Script.THAI, Script.LAO, Script.KHMER, Script.BURMESE, Script.TIBETAN}


@dataclass(frozen=True, slots=True)
class Marked:
    """One page and its lines, each with the script that it must be told for."""

    pixels: Pixels
    lines: tuple[tuple[Region, Script], ...]
    source: str
    """What it was drawn with, to keep apart what is fitted to and what is checked with."""


def foreign(count: int, seed: int, script: Script) -> Iterator[Marked]:
    """Pages of lines in one script, in all its fonts and languages by turns."""
    draw = random.Random(f"{script.name}/{seed}")
    known = [(text, found) for text in _texts() if text.script is script and (found := _folders(text))]
    for number in range(count):
        text, folders = draw.choice(known)
        folder = draw.choice(sorted(folders))
        yield _page(text, draw.choice(folders[folder]), draw, f"{script.name}/{folder}", number)


def hands(count: int, seed: int) -> Iterator[Marked]:
    """Pages of lines in Latin script, in faces that look as if written by hand."""
    draw = random.Random(f"hands/{seed}")
    known = [(text, found) for text in _texts() if text.script is Script.LATIN and (found := _folders(text))]
    number = 0
    while number < count:
        text, folders = draw.choice(known)
        written = sorted(_HANDS & folders.keys())
        if not written:
            continue
        folder = draw.choice(written)
        yield _page(text, draw.choice(folders[folder]), draw, f"{Script.LATIN.name}/{folder}", number)
        number += 1


def usual(count: int, seed: int) -> Iterator[Marked]:
    """Pages of what is read every day, all of it to be told for Latin: text, forms, receipts, handwriting, zones.

    Some lines are upside down, or half of a line, or no text at all.
    """
    draw = random.Random(f"usual/{seed}")
    for number in range(count):
        kind = samples.KINDS[number % len(samples.KINDS)]
        sheet = inputs.make_sheet(kind, seed + number, draw)
        level = [region for region, _ in sheet.lines if not region.tall]
        chosen = draw.sample(level, min(_LINES, len(level)))
        lines = [region.flipped() if draw.random() < 0.1 else region for region in chosen]
        height, width = sheet.pixels.shape
        for region in draw.sample(level, min(2, len(level))):
            lines.append(_moved(region, 0, region.height * draw.uniform(0.3, 0.7) * draw.choice((-1, 1))))
            lines.append(_moved(region, width * (draw.random() - 0.5), height * (draw.random() - 0.5)))
        yield Marked(sheet.pixels, tuple((region, Script.LATIN) for region in lines), f"usual/{kind}")


def _moved(region: Region, x: float, y: float) -> Region:
    return type(region)(region.x + x, region.y + y, region.width, region.height, region.angle)


@cache
def _texts() -> list[Text]:
    return writing.texts()


@cache
def _fonts() -> list[Font]:
    return writing.fonts()


@cache
def _folders(text: Text) -> dict[str, list[Font]]:
    able = [font for font in _fonts() if font.sets(text)]
    by_folder = groupby(sorted(able, key=lambda f: (f.path.parent.name, f.path.name)), lambda f: f.path.parent.name)
    return {folder: list(members) for folder, members in by_folder}


def _page(text: Text, font: Font, draw: random.Random, source: str, number: int) -> Marked:
    """One worn page of lines of all lengths and sizes; some are numbers, some stand upright, some upside down."""
    dpi = draw.choice(_RESOLUTIONS)
    width, y = round(draw.uniform(4, 7.5) * dpi), round(0.4 * dpi)
    image = Image.new("L", (width, round(11 * dpi)), 255)
    pen = ImageDraw.Draw(image)
    drawn: list[tuple[Polygon, Script]] = []
    points = draw.choice(_POINTS)
    for _ in range(_LINES):
        size = (points if draw.random() < 0.7 else draw.choice(_POINTS)) * dpi / 72
        if text.script is Script.HAN and draw.random() < 0.15:
            held = _upright(pen, text, font, size, (round(0.4 * dpi), y), draw)
        else:
            left = round(draw.uniform(0.2, 0.6) * dpi)
            held = _level(pen, text, font, size, (left, y, width - round(0.3 * dpi)), draw)
        if held is None:
            continue
        polygon, script = held
        drawn.append((polygon, script))
        y = round(max(corner[1] for corner in polygon) + size * draw.uniform(0.35, 0.9))
        if y > image.height - 2 * size:
            break
    image = image.crop((0, 0, width, min(image.height, y + round(0.3 * dpi))))
    quality = draw.choice(_QUALITIES)
    lines = tuple(samples.TrueLine((samples.TrueWord(script.name, polygon),)) for polygon, script in drawn)
    truth = samples.Truth(
        (samples.TrueBlock("text", lines),), "lines", text.code, quality, number, *image.size, float(dpi)
    )
    salt = draw.getrandbits(30)
    image, truth = samples.worn(image, truth, wear_of(quality, salt), salt)
    marked = []
    for line in truth.lines:
        (word,) = line.words
        region = inputs.outlined([word.polygon], draw)
        marked.append((region.flipped() if draw.random() < 0.15 else region, Script[word.text]))
    return Marked(np.asarray(image.convert("L"), np.uint8), tuple(marked), source)


def _level(
    pen: ImageDraw.ImageDraw, text: Text, font: Font, size: float, place: tuple[int, int, int], draw: random.Random
) -> tuple[Polygon, Script] | None:
    """One line from left to right or right to left, cut off where the page ends."""
    x, y, end = place
    face = font.at(size)
    words, script = _words(text, font, draw)
    while len(words) > 1 and face.getlength(words) > end - x:
        words = words[: max(1, int(len(words) * 0.8))].rstrip()
    x0, y0, x1, y1 = face.getbbox(words, anchor="ls") if words else (0, 0, 0, 0)
    if x1 <= x0 or y1 <= y0:
        return None
    y -= round(y0)
    pen.text((x, y), words, fill=draw.choice((0, 0, 0, 20, 60)), font=face, anchor="ls")
    x0, y0, x1, y1 = x0 + x, y0 + y, x1 + x, y1 + y
    if draw.random() < 0.05:
        pen.line((x0, y1 + 1, x1, y1 + 1), fill=0, width=max(1, round(size / 16)))
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1)), script


def _upright(
    pen: ImageDraw.ImageDraw, text: Text, font: Font, size: float, place: tuple[int, int], draw: random.Random
) -> tuple[Polygon, Script] | None:
    """One column of characters, which is read from its top."""
    x, y = place
    words, script = _words(text, font, draw)
    words = "".join(words.split())[: draw.randint(4, 14)]
    if script is not Script.HAN or len(words) < 3:
        return None
    face = font.at(size)
    for k, character in enumerate(words):
        pen.text((x + size / 2, y + (k + 0.5) * size), character, fill=0, font=face, anchor="mm")
    left, right, bottom = x, x + size, y + size * len(words)
    return ((right, y), (right, bottom), (left, bottom), (left, y)), script


def _words(text: Text, font: Font, draw: random.Random) -> tuple[str, Script]:
    """What a line says, and the script that it must be told for; nothing where that is a question."""
    if draw.random() < 0.08:
        return font.holding(_number(draw)), Script.LATIN
    paragraph = draw.choice(text.paragraphs)
    if text.script in _UNSPACED:
        start = draw.randrange(max(1, len(paragraph) - 10))
        words = paragraph[start : start + draw.choice((3, 5, 8, 14, 30, 50))].strip()
        if text.script is Script.HAN and draw.random() < 0.3:
            words = "".join(draw.choice(_characters(font)) for _ in range(draw.randint(2, 20)))
    else:
        held = paragraph.split()
        start = draw.randrange(len(held))
        words = " ".join(held[start : start + draw.choice((1, 2, 3, 5, 8, 12, 12))])
    words = font.holding(words.upper() if draw.random() < 0.1 else words)
    kept = sum(c.isalpha() for c in words)
    if draw.random() < 0.12 and kept > 8:
        number = font.holding(_number(draw))
        words = f"{words} {number}" if draw.random() < 0.5 else f"{number} {words}"
    if kept > 1:
        return words, text.script
    return words if words.isascii() else "", Script.LATIN


@cache
def _characters(font: Font) -> list[str]:
    """Chinese and Japanese characters that the full head knows and the font has, the usual ones."""
    known = (c for c in shipped.load("characters.txt").decode("utf-8").split() if ord(c[0]) in font.holds)
    return [c for c in known if "\u3041" <= c <= "\u30ff" or "\u4e00" <= c <= "\u9fff"]


def _number(draw: random.Random) -> str:
    """A date, an amount, a number with a mark: what every script writes alike."""
    day, month, year = draw.randint(1, 28), draw.randint(1, 12), draw.randint(1950, 2030)
    return draw.choice((
        f"{day:02}.{month:02}.{year}", f"{day}/{month}/{year % 100:02}", f"{year}-{month:02}-{day:02}",
        f"{draw.randint(1, 99999)},{draw.randint(0, 99):02}", f"{draw.randint(100, 999)} {draw.randint(1000, 9999)}",
        f"+{draw.randint(1, 99)} {draw.randint(10, 999)} {draw.randint(10**5, 10**7)}", f"№ {draw.randint(1, 9999)}",
        f"({draw.randint(1, 30)})", f"{draw.randint(1, 99)} %", f"{draw.randint(10**7, 10**12)}",
    ))  # fmt: skip
