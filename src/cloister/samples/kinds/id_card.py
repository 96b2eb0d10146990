"""Both sides of an identity card of Utopia on a scanner, with a valid machine-readable zone (ICAO 9303, TD1)."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from cloister.samples import furniture
from cloister.samples.commission import Commission, Drawn
from cloister.samples.kinds import passport
from cloister.samples.office import vocabulary
from cloister.samples.sheet import Sheet
from cloister.samples.typefaces import Face

if TYPE_CHECKING:
    from cloister.samples.prose import Prose

_WIDTH, _HEIGHT = 85.6, 54.0
_LENGTH = 30


def zone(facts: dict[str, str]) -> tuple[str, str, str]:
    """The three lines of a TD1 zone."""
    number = facts["number"].ljust(9, "<")
    first = f"I<{facts['country']}{number}{passport.digit(number)}".ljust(_LENGTH, "<")
    born = facts["born"] + passport.digit(facts["born"])
    expires = facts["expires"] + passport.digit(facts["expires"])
    spare = "<" * 11
    whole = passport.digit(first[5:] + born + expires + spare)
    second = f"{born}{facts['sex']}{expires}{facts['country']}{spare}{whole}"
    names = f"{passport.latin(facts['surname'])}<<{passport.latin(facts['given_names'])}"
    return first, second, names[:_LENGTH].ljust(_LENGTH, "<")


def draw(commission: Commission) -> Drawn:
    """A bed of 105 × 135 mm with the front above the back. `fields` has what the zone says, and its lines."""
    rng, prose = commission.chance(), commission.prose()
    sheet = Sheet(105, 135, commission.dpi, mode="RGB", paper=(238, 238, 236))
    labels = vocabulary(commission.language)["labels"]
    facts = _facts(rng, prose)
    x, front, back = sheet.mm(9.7), sheet.mm(8), sheet.mm(72)
    for y in (front, back):
        _card(sheet, rng, x, y)
    _front(sheet, rng, prose, labels, facts, (x, front))
    _back(sheet, rng, prose, labels, facts, (x, back))
    lines = zone(facts)
    plain = Face("ocrb", "regular", sheet.pt(9.6))
    face = Face("ocrb", "regular", plain.size, sheet.dpi * 2.54 / 25.4 - plain.length("<"))
    part = sheet.block("mrz")
    for i, line in enumerate(lines):
        sheet.text(part, line, face, x + sheet.mm(4.6), back + sheet.mm(37.6 + 5.8 * i), ink=(24, 24, 26))
    zones = {f"mrz{i}": line for i, line in enumerate(lines, start=1)}
    return Drawn(sheet, tinted=True, fields={**facts, **zones})


def _facts(rng: Random, prose: Prose) -> dict[str, str]:
    born = (rng.randint(1944, 2006), rng.randint(1, 12), rng.randint(1, 28))
    issued = (rng.randint(2017, 2025), rng.randint(1, 12), rng.randint(1, 28))
    given, family = prose.draw("given"), prose.draw("family")
    return {
        "country": "UTO",
        "number": rng.choice("LMPRTVXY") + "".join(rng.choice("0123456789CFGHJKLMNPRT") for _ in range(8)),
        "surname": prose.roman(family).upper(),
        "given_names": prose.roman(given).upper(),
        "surname_shown": family,
        "given_shown": given,
        "sex": rng.choice("FM"),
        "place": prose.draw("cities"),
        "born": f"{born[0] % 100:02d}{born[1]:02d}{born[2]:02d}",
        "born_shown": f"{born[2]:02d}.{born[1]:02d}.{born[0]}",
        "issued_shown": f"{issued[2]:02d}.{issued[1]:02d}.{issued[0]}",
        "expires": f"{(issued[0] + 10) % 100:02d}{issued[1]:02d}{issued[2]:02d}",
        "expires_shown": f"{issued[2]:02d}.{issued[1]:02d}.{issued[0] + 10}",
    }


def _card(sheet: Sheet, rng: Random, x: int, y: int) -> None:
    """One side: round corners, waves in pale colours."""
    width, height = sheet.mm(_WIDTH), sheet.mm(_HEIGHT)
    face = Image.new("RGB", (width, height), (236, 240, 238))
    passport.guilloche(ImageDraw.Draw(face), rng, width, height)
    mask = Image.new("L", (width, height), 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, width - 1, height - 1), radius=sheet.mm(3), fill=255)
    edge = (x - 1, y - 1, x + width + sheet.mm(0.4), y + height + sheet.mm(0.5))
    sheet.draw.rounded_rectangle(edge, radius=sheet.mm(3), fill=(168, 168, 166))
    sheet.image.paste(face, (x, y), mask)


def _cell(sheet: Sheet, place: tuple[float, float], name: str, text: str) -> None:
    part = sheet.block("form")
    small, value = Face("sans", "regular", sheet.pt(4.8)), Face("sans", "bold", sheet.pt(8))
    sheet.text(part, name, small, place[0], round(place[1]), ink=(70, 64, 120))
    sheet.text(part, text, value, place[0], round(place[1] + sheet.mm(3.5)), ink=(26, 24, 30))


def _front(
    sheet: Sheet, rng: Random, prose: Prose, labels: dict[str, str], facts: dict[str, str], corner: tuple[int, int]
) -> None:
    x, y = corner
    head = sheet.block("title")
    title = Face("sans", "bold", sheet.pt(7.5))
    sheet.text(head, "REPUBLIC OF UTOPIA", title, x + sheet.mm(4), y + sheet.mm(5.5), ink=(40, 52, 110))
    end = x + sheet.mm(_WIDTH - 4)
    sheet.text(head, labels["id_card"], title, end, y + sheet.mm(5.5), align="right", ink=(40, 52, 110))
    passport.portrait(sheet, rng, (x + sheet.mm(4), y + sheet.mm(10), sheet.mm(26), sheet.mm(33)))
    passport.portrait(sheet, rng, (x + sheet.mm(70), y + sheet.mm(36), sheet.mm(11), sheet.mm(14)), faint=True)
    left, middle = x + sheet.mm(34), x + sheet.mm(60)
    latin = facts["surname_shown"].upper() == facts["surname"]
    names = [facts["surname_shown"], facts["given_shown"]]
    if not latin and prose.language in {"el", "ru", "zh"}:
        names = [f"{names[0]} / {facts['surname']}", f"{names[1]} / {facts['given_names']}"]
    rows = [
        ((left, 12.0), prose.label("surname"), names[0]),
        ((left, 19.5), prose.label("given_names"), names[1]),
        ((left, 27.0), prose.label("birth"), facts["born_shown"]),
        ((middle, 27.0), labels["sex"], facts["sex"]),
        ((left, 34.5), labels["nationality"], "UTO"),
        ((middle, 34.5), prose.label("place"), facts["place"]),
        ((left, 42.0), labels["expires"], facts["expires_shown"]),
    ]
    for (at, down), name, text in rows:
        _cell(sheet, (at, y + sheet.mm(down)), name, text)
    number = Face("office", "bold", sheet.pt(9))
    sheet.text(sheet.block("form"), facts["number"], number, x + sheet.mm(4), y + sheet.mm(48.5), ink=(120, 30, 40))


def _back(
    sheet: Sheet, rng: Random, prose: Prose, labels: dict[str, str], facts: dict[str, str], corner: tuple[int, int]
) -> None:
    x, y = corner
    street = f"{prose.draw('streets')} {rng.randint(1, 99)}, {facts['place']}"
    rows = [
        ((4.0, 6.0), prose.label("address"), street),
        ((4.0, 14.0), labels["authority"], f"{labels['office']} {facts['place']}"),
        ((4.0, 22.0), labels["issued"], facts["issued_shown"]),
        ((36.0, 22.0), labels["card_number"], facts["number"]),
    ]
    for (across, down), name, text in rows:
        _cell(sheet, (x + sheet.mm(across), y + sheet.mm(down)), name, text)
    signer = f"{facts['given_names'].title()} {facts['surname'].title()}"
    furniture.signature(sheet, rng, signer, x + sheet.mm(56), y + sheet.mm(30), ink=furniture.BLACK_PEN, size=11)
    sheet.tint(x, y + sheet.mm(32), x + sheet.mm(_WIDTH), y + sheet.mm(33), ink=(60, 60, 66))
