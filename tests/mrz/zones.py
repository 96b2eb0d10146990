"""Specimens printed in the standards, and valid zones by chance."""

from __future__ import annotations

from random import Random

from cloister.mrz import check_digit
from cloister.mrz.grammar import LAYOUTS, STATES, Layout
from cloister.mrz.zone import text_of

TD3 = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
TD2 = ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6")
TD1 = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")
MRV_A = ("V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L8988901C4XXX4009078F96121096ZE184226B<<<<<<")
MRV_B = ("V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L8988901C4XXX4009078F9612109<<<<<<<<")
FRANCE = ("IDFRABERTHIER<<<<<<<<<<<<<<<<<<<<<<<", "8806923102858CORINNE<<<<<<<6512068F6")
SPECIMENS = (TD3, TD2, TD1, MRV_A, MRV_B, FRANCE)

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ALL = _LETTERS + "0123456789"


def _date(random: Random) -> str:
    return f"{random.randint(0, 99):02}{random.randint(1, 12):02}{random.randint(1, 28):02}"


def _names(random: Random, width: int) -> str:
    words = ["".join(random.choices(_LETTERS, k=random.randint(2, 7))) for _ in range(random.randint(2, 4))]
    return (words[0] + "<<" + "<".join(words[1:]))[: width - 4].ljust(width, "<")


def by_chance(random: Random, layout: Layout | None = None) -> tuple[str, ...]:
    """A zone whose every check digit holds."""
    layout = layout or random.choice(LAYOUTS)
    rows = [["<"] * layout.width for _ in layout.patterns]
    for name, span in layout.fields.items():
        width = span.end - span.start
        text = {
            "code": random.choice(layout.begins) + "<",
            "issuer": random.choice(sorted(STATES)),
            "nationality": random.choice(sorted(STATES)),
            "names": _names(random, width),
            "given": _names(random, width).replace("<<", "<"),
            "number": "".join(random.choices(_ALL, k=width)),
            "birth": _date(random),
            "expiry": _date(random),
            "sex": random.choice("MF<"),
        }.get(name, "".join(random.choices(_ALL, k=random.randint(0, max(0, width - 5)))).ljust(width, "<"))
        if layout.format.name == "FRANCE":
            text = {
                "code": "ID",
                "issuer": "FRA",
                "number": "".join(random.choices("0123456789", k=12)),
                "optional": "<" * 6,
            }.get(name, text)
        rows[span.line][span.start : span.end] = text[:width].ljust(width, "<")
    for guard in layout.guards:
        over = "".join(text_of(["".join(row) for row in rows], span) for span in guard.over)
        rows[guard.at.line][guard.at.start] = check_digit(over)
    return tuple("".join(row) for row in rows)
