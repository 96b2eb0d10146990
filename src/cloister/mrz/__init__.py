"""Machine-readable zones of travel documents: parse, check digits, corrections only where the grammar proves them.

ICAO Doc 9303 (TD1, TD2, TD3, MRV-A, MRV-B) and the French identity card. Pure functions on text; what was put
right is told in `Mrz.corrections`.

    >>> from datetime import date
    >>> from cloister import mrz
    >>> zone = mrz.parse([
    ...     "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    ...     "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
    ... ], today=date(2026, 1, 1))
    >>> zone.surname, zone.given_names, zone.number, zone.birth, zone.valid
    ('ERIKSSON', ('ANNA', 'MARIA'), 'L898902C3', datetime.date(1974, 8, 12), True)
"""

from cloister.mrz.grammar import Format, check_digit
from cloister.mrz.page import find, is_machine_readable, repair_page
from cloister.mrz.repair import normalise_line
from cloister.mrz.zone import Check, Correction, Mrz, Proof, parse

__all__ = [
    "Check",
    "Correction",
    "Format",
    "Mrz",
    "Proof",
    "check_digit",
    "find",
    "is_machine_readable",
    "normalise_line",
    "parse",
    "repair_page",
]
