"""Bank accounts: the IBAN of ISO 13616, by its country's length and two check digits (ISO 7064, mod 97-10)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cloister.evidence.shapes import mended
from cloister.evidence.text import Number, Token
from cloister.model import Evidence, Found

# Structure of the national part: digits, capitals, or either, and how many (the registry of SWIFT).
_REGISTRY = """
AD 8n12c|AE 19n|AL 8n16c|AT 16n|AZ 4a20c|BA 16n|BE 12n|BG 4a6n8c|BH 4a14c|BI 23n|BR 23n1a1c|BY 4c4n16c|CH 5n12c|CR 18n
CY 8n16c|CZ 20n|DE 18n|DJ 23n|DK 14n|DO 4c20n|EE 16n|EG 25n|ES 20n|FI 14n|FK 2a12n|FO 14n|FR 10n11c2n|GB 4a14n
GE 2a16n|GI 4a15c|GL 14n|GR 7n16c|GT 24c|HN 4a20n|HR 17n|HU 24n|IE 4a14n|IL 19n|IQ 4a15n|IS 22n|IT 1a10n12c|JO 4a4n18c
KW 4a22c|KZ 3n13c|LB 4n20c|LC 4a24c|LI 5n12c|LT 16n|LU 3n13c|LV 4a13c|LY 21n|MC 10n11c2n|MD 20c|ME 18n|MK 3n10c2n
MN 16n|MR 23n|MT 4a5n18c|MU 4a19n3a|NI 4a20n|NL 4a10n|NO 11n|OM 3n16c|PK 4a16c|PL 24n|PS 4a21c|PT 21n|QA 4a21c
RO 4a16c|RS 18n|RU 14n15c|SA 2n18c|SC 4a20n3a|SD 14n|SE 20n|SI 15n|SK 20n|SM 1a10n12c|SO 19n|ST 21n|SV 4a20n|TL 19n
TN 20n|TR 6n16c|UA 6n19c|VA 18n|VG 4a16n|XK 16n|YE 4a4n18c
"""
_SORT = {"n": "9", "a": "A", "c": "*"}


def _shape(structure: str) -> str:
    shape, size = "", ""
    for character in structure:
        if character.isdigit():
            size += character
        else:
            shape += _SORT[character] * int(size)
            size = ""
    return shape


SHAPES = {
    country: "AA99" + _shape(structure)
    for country, structure in (entry.split() for entry in _REGISTRY.replace("\n", "|").split("|") if entry)
}
"""The shape of each country's IBAN: 9 a digit, A a capital, * either."""
_LENGTHS = frozenset(map(len, SHAPES.values()))
_SHORTEST = min(_LENGTHS) - 1
_LABELS = frozenset({"iban", "lban", "ban", "tban"})
"""The label, and what it is taken for."""
_GLUED = re.compile("^[I1LT]?BAN(?=[A-Z0-9])")
_LEAST_DIGITS = 6


def holds(text: str) -> bool:
    """Whether the check digits of an IBAN without spaces hold."""
    return int("".join(str(int(c, 36)) for c in text[4:] + text[:4])) % 97 == 1


def proven(text: str) -> str:
    """The IBAN that this is, look-alikes put right where the check digits prove it; nothing if it is none."""
    country = text[:2].translate(str.maketrans("015", "OIS"))
    shape = SHAPES.get(country)
    if shape is None or len(shape) != len(text):
        return ""
    for reading in mended(country + text[2:], shape):
        if holds(reading):
            return reading
    return ""


def find(numbers: Sequence[Number], words: Sequence[Token], page: int) -> tuple[list[Found], list[Number]]:
    """The accounts of a page, or where one is announced and its check digits fail, that there is one; and the
    numbers that are no part of an account.
    """  # noqa: D205 - two things are given
    likely = [(number, _GLUED.sub("", number.text)) for number in numbers if len(number.text) >= _SHORTEST]
    accounts = [(number, account) for number, text in likely if len(text) in _LENGTHS and (account := proven(text))]
    if accounts:
        found = Found(Evidence.IBAN, "iban", page, len({account for _, account in accounts}), proven=True)
        return [found], _apart(numbers, [number for number, _ in accounts])
    labelled = {word.line for word in words if word.text.startswith("iban") or word.text in _LABELS}
    like = [number for number, text in likely if {number.line, number.line - 1} & labelled and _resembles(text)]
    if not like:
        return [], list(numbers)
    return [Found(Evidence.IBAN, "iban-unproven", page, len({number.line for number in like}))], _apart(numbers, like)


def _apart(numbers: Sequence[Number], accounts: Sequence[Number]) -> list[Number]:
    """The numbers that share no character with an account."""
    spans: dict[int, list[Number]] = {}
    for account in accounts:
        spans.setdefault(account.line, []).append(account)
    return [
        number
        for number in numbers
        if all(number.end <= held.start or held.end <= number.start for held in spans.get(number.line, ()))
    ]


def _resembles(text: str) -> bool:
    """Whether a number begins like an IBAN and is as long as one, but for a character."""
    shape = SHAPES.get(text[:2])
    return shape is not None and abs(len(shape) - len(text)) <= 1 and sum(map(str.isdigit, text)) >= _LEAST_DIGITS
