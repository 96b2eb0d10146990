"""Account numbers of samples: IBANs with valid check digits (ISO 13616) of banks that do not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

_SHAPES = {
    "GB": "AAAAnnnnnnnnnnnnnn",
    "DE": "n" * 18,
    "FR": "n" * 21,
    "ES": "n" * 20,
    "IT": "n" * 22,
    "GR": "n" * 23,
    "KZ": "n" * 16,
}
"""What follows the check digits: n a figure, A a letter."""


def iban(rng: Random, country: str) -> str:
    """An account of a country, with its national check digits too; a plain number of 19 figures for China."""
    if country not in _SHAPES:
        return "6" + "".join(str(rng.randint(0, 9)) for _ in range(18))
    return closed(
        country,
        "".join(rng.choice("QXZW") if sign == "A" else str(rng.randint(0, 9)) for sign in _SHAPES[country]),
    )


def closed(country: str, tail: str) -> str:
    """The account whose bank, branch and number these are, in this order, with national and ISO 13616 check digits.

    What stands where a national check digit belongs in the middle (Spain) is written over.
    """
    tail = {"FR": _french, "ES": _spanish, "IT": _italian}.get(country, str)(tail)
    return f"{country}{98 - _number(tail + country + '00') % 97:02d}{tail}"


def grouped(account: str) -> str:
    """The account in groups of four."""
    return " ".join(account[i : i + 4] for i in range(0, len(account), 4))


def valid(account: str) -> bool:
    """Whether the check digits of an IBAN are right (ISO 7064, modulo 97-10)."""
    plain = account.replace(" ", "")
    return _number(plain[4:] + plain[:4]) % 97 == 1


def _number(text: str) -> int:
    return int("".join(str(int(character, 36)) for character in text))


def _french(tail: str) -> str:
    """Bank, branch and account closed by the RIB key."""
    bank, branch, account = int(tail[:5]), int(tail[5:10]), int(tail[10:21])
    return f"{tail}{97 - (89 * bank + 15 * branch + 3 * account) % 97:02d}"


def _spanish(tail: str) -> str:
    """Entity and office, then their digit and the account's digit, then the account (CCC)."""
    office, account = tail[:8], tail[10:]
    return f"{office}{_weighed('00' + office)}{_weighed(account)}{account}"


def _weighed(figures: str) -> int:
    rest = 11 - sum(int(f) * w for f, w in zip(figures, (1, 2, 4, 8, 5, 10, 9, 7, 3, 6), strict=True)) % 11
    return {10: 1, 11: 0}.get(rest, rest)


def _italian(tail: str) -> str:
    """The BBAN's check letter (CIN) before bank, branch and account."""
    odd = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21)
    value = sum(odd[int(f)] if i % 2 == 0 else int(f) for i, f in enumerate(tail))
    return chr(ord("A") + value % 26) + tail
