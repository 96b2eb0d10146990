"""Numbers that hold, for each register: those that its checker's own documentation gives, or ones made by chance."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from random import Random

from cloister.evidence.registers import Register
from cloister.evidence.shapes import fits

_GIVEN = re.compile(r">>> (?:validate|is_valid|compact)\('([^']+)'\)")
_OWN = {"gb.nino": ["AB123456C"], "de.svnr": ["65170839J003", "15070649C103"]}
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@cache
def examples(register: Register) -> tuple[str, ...]:
    """Numbers of a register as they are written, each of which holds."""
    given = _OWN.get(register.name)
    if given is None:
        given = _GIVEN.findall(import_module(f"stdnum.{register.name}").__doc__)
    found = [text for text in given if holds(register, text) and not set(text) & set(",;:()=")]
    return tuple(found) or (by_chance(register, Random(7)),)


def holds(register: Register, text: str) -> bool:
    """Whether a number, as it is written, is one of a register."""
    plain = re.sub(r"[^0-9A-Z]", "", text.upper())
    held = text.upper().replace(" ", "") if register.signs else plain
    return any(fits(plain, shape) for shape in register.shapes) and register.holds(held)


def by_chance(register: Register, random: Random) -> str:
    """A number that holds, found by trying."""
    for _ in range(200_000):
        shape = random.choice(register.shapes)
        text = "".join(random.choice("0123456789" if c in "9*" else _LETTERS) for c in shape)
        if register.holds(text):
            return text
    raise LookupError(register.name)


def broken(register: Register, text: str) -> str | None:
    """The number with one digit changed so that it holds no longer; None where nothing checks that."""
    for at in range(len(text) - 1, -1, -1):
        if text[at].isdigit():
            other = f"{text[:at]}{(int(text[at]) + 1) % 10}{text[at + 1 :]}"
            if not holds(register, other):
                return other
    return None
