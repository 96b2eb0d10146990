"""The data page of a passport of Utopia on a scanner, with a valid machine-readable zone (ICAO 9303, TD3)."""

from __future__ import annotations

import math
import unicodedata
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFilter

from cloister.samples import furniture
from cloister.samples.commission import Commission, Drawn
from cloister.samples.prose import words
from cloister.samples.sheet import Sheet
from cloister.samples.typefaces import Face

if TYPE_CHECKING:
    from random import Random

    from cloister.samples.prose import Prose

_SPECIAL = {"Ä": "AE", "Ö": "OE", "Ü": "UE", "ß": "SS", "Ø": "OE", "Æ": "AE", "Å": "AA", "Œ": "OE", "Ñ": "N"}
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_PITCH_MM = 2.54
_LENGTH = 44


def digit(text: str) -> str:
    """The check digit of ICAO 9303: weights 7, 3, 1; A is 10, the filler is 0."""
    values = (0 if c == "<" else int(c, 36) for c in text)
    return str(sum(value * (7, 3, 1)[i % 3] for i, value in enumerate(values)) % 10)


def latin(name: str) -> str:
    """A name as the zone writes it: A to Z, words parted by the filler."""
    out = ""
    for c in name.upper():
        c = _SPECIAL.get(c, c)  # noqa: PLW2901
        base = "".join(x for x in unicodedata.normalize("NFD", c) if not unicodedata.combining(x))
        out += "<" if base in {" ", "-"} else "" if base in {"'", "."} else base
    return out


def zone(facts: dict[str, str]) -> tuple[str, str]:
    """The two lines of a TD3 zone."""
    names = f"{latin(facts['surname'])}<<{latin(facts['given_names'])}"
    first = f"P<{facts['country']}{names}"[:_LENGTH].ljust(_LENGTH, "<")
    number, personal = facts["number"].ljust(9, "<"), facts["personal"].ljust(14, "<")
    number += digit(number)
    born, expires = facts["born"] + digit(facts["born"]), facts["expires"] + digit(facts["expires"])
    personal += digit(personal)
    whole = digit(number + born + expires + personal)
    return first, f"{number}{facts['country']}{born}{facts['sex']}{expires}{personal}{whole}"


def draw(commission: Commission) -> Drawn:
    """A bed of 150 × 112 mm with the booklet's lower page on it. `fields` has what the zone says, and its lines."""
    rng, prose = commission.chance(), commission.prose()
    sheet = Sheet(150, 112, commission.dpi, mode="RGB", paper=(236, 236, 233))
    x, y = sheet.mm(12.5), sheet.mm(12)
    _booklet(sheet, rng, x, y)
    facts = _facts(rng, prose)
    portrait(sheet, rng, (x + sheet.mm(6), y + sheet.mm(19), sheet.mm(32), sheet.mm(41)))
    portrait(sheet, rng, (x + sheet.mm(103), y + sheet.mm(39), sheet.mm(14), sheet.mm(18)), faint=True)
    _entries(sheet, rng, prose, facts, x, y)
    lines = zone(facts)
    plain = Face("ocrb", "regular", sheet.pt(10.4))
    face = Face("ocrb", "regular", plain.size, sheet.dpi * _PITCH_MM / 25.4 - plain.length("<"))
    part = sheet.block("mrz")
    for i, line in enumerate(lines):
        sheet.text(part, line, face, x + sheet.mm(6.4), y + sheet.mm(73.5 + 6.4 * i), ink=(24, 24, 26))
    return Drawn(sheet, tinted=True, fields={**facts, "mrz1": lines[0], "mrz2": lines[1]})


def _facts(rng: Random, prose: Prose) -> dict[str, str]:
    born = (rng.randint(1944, 2004), rng.randint(1, 12), rng.randint(1, 28))
    issued = (rng.randint(2017, 2025), rng.randint(1, 12), rng.randint(1, 28))
    given = prose.roman(prose.draw("given"))
    given += f" {prose.roman(prose.draw('given'))}" if rng.random() < 0.6 else ""
    letter = rng.choice("CFGHJKLMNPRTVWXYZ")
    return {
        "country": "UTO",
        "number": letter + "".join(rng.choice("0123456789CFGHJKLMNPRTVWXYZ") for _ in range(8)),
        "surname": prose.roman(prose.draw("family")).upper(),
        "given_names": given.upper(),
        "sex": rng.choice("FM"),
        "place": prose.roman(prose.draw("cities")).upper(),
        "born": f"{born[0] % 100:02d}{born[1]:02d}{born[2]:02d}",
        "born_shown": _shown(born),
        "issued_shown": _shown(issued),
        "expires": f"{(issued[0] + 10) % 100:02d}{issued[1]:02d}{issued[2]:02d}",
        "expires_shown": _shown((issued[0] + 10, issued[1], issued[2])),
        "personal": "".join(rng.choice("0123456789") for _ in range(rng.choice([0, 9, 11]))),
    }


def _shown(day: tuple[int, int, int]) -> str:
    return f"{day[2]:02d} {_MONTHS[day[1] - 1]} {day[0]}"


def _entries(sheet: Sheet, rng: Random, prose: Prose, facts: dict[str, str], x: int, y: int) -> None:
    head = sheet.block("title")
    dark = (58, 34, 70)
    sheet.text(
        head,
        "REPUBLIC OF UTOPIA",
        Face("book", "bold", sheet.pt(11), sheet.pt(0.9)),
        x + sheet.mm(62),
        y + sheet.mm(8),
        align="centre",
        ink=dark,
    )
    sheet.text(
        head,
        "PASSPORT PASSEPORT REISEPASS",
        Face("sans", "bold", sheet.pt(6.4)),
        x + sheet.mm(62),
        y + sheet.mm(12.4),
        align="centre",
        ink=dark,
    )
    columns = (43, 76, 97)
    other = words("fr" if prose.language == "en" else "en")["labels"]
    rows: list[tuple[float, list[tuple[int, str, str]]]] = [
        (19, [(0, "Type / Art", "P"), (1, "Country code", "UTO"), (2, "Passport No.", facts["number"])]),
        (26.5, [(0, f"1 {prose.label('surname')} / {other['surname']}", facts["surname"])]),
        (34, [(0, f"2 {prose.label('given_names')} / {other['given_names']}", facts["given_names"])]),
        (41.5, [(0, "3 Nationality", "UTOPIAN"), (1, "4 Sex", facts["sex"])]),
        (49, [(0, f"5 {prose.label('birth')}", facts["born_shown"]), (1, f"6 {prose.label('place')}", facts["place"])]),
        (56.5, [(0, "7 Date of issue", facts["issued_shown"]), (1, "8 Date of expiry", facts["expires_shown"])]),
    ]
    small, value = Face("sans", "regular", sheet.pt(4.9)), Face("office", "bold", sheet.pt(9.2))
    for top, cells in rows:
        part = sheet.block("form")
        for column, name, _ in cells:
            sheet.text(part, name, small, x + sheet.mm(columns[column]), y + sheet.mm(top), ink=(70, 64, 120))
        for column, _, text in cells:
            sheet.text(part, text, value, x + sheet.mm(columns[column]), y + sheet.mm(top + 3.9), ink=(26, 24, 30))
    signer = f"{facts['given_names'].split()[0].title()} {facts['surname'].title()}"
    furniture.signature(sheet, rng, signer, x + sheet.mm(8), y + sheet.mm(66), ink=furniture.BLACK_PEN, size=12)


def _booklet(sheet: Sheet, rng: Random, x: int, y: int) -> None:
    """Cover edge, shadow, the page's own tint and its guilloche."""
    width, height = sheet.mm(125), sheet.mm(88)
    ground = Image.new("RGB", sheet.image.size, (236, 236, 233))
    shade = ImageDraw.Draw(ground)
    shade.rounded_rectangle(
        (x - sheet.mm(1), y - sheet.mm(1), x + width + sheet.mm(2.6), y + height + sheet.mm(2.4)),
        radius=sheet.mm(3.5),
        fill=(120, 118, 116),
    )
    ground = ground.filter(ImageFilter.GaussianBlur(sheet.mm(1.2)))
    draw = ImageDraw.Draw(ground)
    draw.rounded_rectangle(
        (x - sheet.mm(0.9), y - sheet.mm(2), x + width + sheet.mm(1), y + height + sheet.mm(1)),
        radius=sheet.mm(3.2),
        fill=rng.choice([(92, 22, 38), (24, 40, 84), (28, 66, 50)]),
    )
    page = Image.new("RGB", (width, height), (240, 236, 226))
    pen = ImageDraw.Draw(page)
    guilloche(pen, rng, width, height)
    pen.rectangle((0, height - sheet.mm(23), width, height), fill=(244, 242, 236))
    mask = Image.new("L", (width, height), 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, -sheet.mm(4), width - 1, height - 1), radius=sheet.mm(3), fill=255)
    ground.paste(page, (x, y), mask)
    draw.line((x, y, x + width, y), fill=(196, 190, 180), width=max(1, sheet.mm(0.4)))
    sheet.image.paste(ground)


def guilloche(pen: ImageDraw.ImageDraw, rng: Random, width: int, height: int) -> None:
    """Families of waves, and a rosette, in pale colours."""
    line = max(1, width // 700)
    step = max(2, width // 240)
    for colour in ((203, 214, 232), (236, 206, 204), (206, 228, 208)):
        reach, waves, shift = rng.uniform(0.03, 0.09) * height, rng.uniform(2, 6), rng.uniform(0, 6)
        for i in range(-6, 46):
            base = height * i / 40
            wave = [
                (
                    px,
                    base
                    + reach * math.sin(px / width * waves * math.tau + shift)
                    + reach * 0.5 * math.sin(px / width * waves * 3.1 * math.tau + i * 0.12),
                )
                for px in range(0, width + step, step)
            ]
            pen.line(wave, fill=colour, width=line)
    for ring in range(14):
        reach = height * (0.10 + ring * 0.012)
        points: list[tuple[float, float]] = []
        for k in range(361):
            turn = k * math.tau / 360
            own = reach * (1 + 0.16 * math.sin(9 * turn + ring * 0.5))
            points.append((width * 0.62 + own * math.cos(turn), height * 0.42 + own * math.sin(turn)))
        pen.line(points, fill=(214, 200, 226), width=line)


def portrait(sheet: Sheet, rng: Random, place: tuple[int, int, int, int], *, faint: bool = False) -> None:
    """A softly lit head and shoulders without a face of anyone."""
    x, y, width, height = place
    tile = Image.new("RGB", (width, height), (214, 218, 222))
    pen = ImageDraw.Draw(tile)
    skin, hair, cloth = (
        rng.choice([(206, 166, 142), (150, 110, 86), (226, 190, 168)]),
        rng.choice([(52, 40, 34), (110, 82, 56), (140, 134, 130)]),
        rng.choice([(54, 62, 82), (90, 52, 56), (70, 76, 70)]),
    )
    shadow = tuple(round(v * 0.82) for v in skin)

    def oval(cx: float, cy: float, rx: float, ry: float, fill: tuple[int, ...]) -> None:
        pen.ellipse((width * (cx - rx), height * (cy - ry), width * (cx + rx), height * (cy + ry)), fill=fill)

    oval(0.5, 0.385, 0.262, 0.262, hair)
    if rng.random() < 0.5:
        pen.rounded_rectangle(
            (width * 0.235, height * 0.38, width * 0.765, height * 0.74), radius=width * 0.16, fill=hair
        )
    oval(0.5, 1.06, 0.47, 0.33, cloth)
    pen.polygon(
        [
            (width * 0.41, height * 0.62),
            (width * 0.59, height * 0.62),
            (width * 0.62, height * 0.8),
            (width * 0.5, height * 0.86),
            (width * 0.38, height * 0.8),
        ],
        fill=shadow,
    )
    oval(0.5, 0.45, 0.215, 0.245, skin)
    oval(0.44, 0.235, 0.2, 0.075, hair)
    oval(0.6, 0.24, 0.13, 0.07, hair)
    for side in (-1, 1):
        oval(0.5 + side * 0.088, 0.435, 0.034, 0.013, (70, 58, 54))
        oval(0.5 + side * 0.088, 0.395, 0.048, 0.008, hair)
        oval(0.5 + side * 0.222, 0.46, 0.026, 0.045, shadow)
    oval(0.5, 0.515, 0.03, 0.022, shadow)
    oval(0.5, 0.585, 0.066, 0.011, (168, 104, 98))
    tile = tile.filter(ImageFilter.GaussianBlur(width / 60))
    if faint:
        tile = Image.blend(sheet.image.crop((x, y, x + width, y + height)), tile.convert("L").convert("RGB"), 0.3)
    sheet.image.paste(tile, (x, y))
