"""Invented text from a seed: sentences, names, amounts, dates and codes in five languages."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from cloister.samples import accounts

if TYPE_CHECKING:
    from random import Random

LANGUAGES = ("en", "de", "fr", "es", "it")
FURTHER = ("el", "ru", "zh")
"""Languages of papers only: their words have no running text."""
_SLOT = re.compile(r"\{(\w+)\}")
_LISTS = {
    "given": "given",
    "family": "family",
    "city": "cities",
    "street": "streets",
    "company": "companies",
}
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_ACCOUNTS = (("DE", 18, 18), ("FR", 23, 21), ("ES", 20, 20), ("IT", 23, 22), ("GB", 18, 18))
"""Countries; how many figures are drawn for an account, and how many of them are used."""


@cache
def words(language: str) -> dict[str, Any]:
    """The word lists, sentences and labels of one language."""
    if language not in LANGUAGES + FURTHER:
        raise ValueError("samples are written in: " + ", ".join(LANGUAGES + FURTHER))
    return tomllib.loads(files("cloister.samples").joinpath(f"words/{language}.toml").read_text(encoding="utf-8"))


class Prose:
    """A writer with one language and one source of chance. Never repeats a clause before all are used."""

    def __init__(self, rng: Random, language: str) -> None:
        self.rng = rng
        self.language = language
        self._words = words(language)
        self._decks: dict[str, list[str]] = {}

    def label(self, key: str) -> str:
        """A fixed label, such as the word for 'invoice'."""
        return str(self._words["labels"][key])

    def months(self) -> list[str]:
        """The names of the months."""
        return [str(name) for name in self._words["months"]]

    def draw(self, key: str) -> str:
        """The next entry of a shuffled list."""
        deck = self._decks.get(key)
        if not deck:
            deck = self._decks[key] = list(self._words[key])
            self.rng.shuffle(deck)
        return self.fill(deck.pop().split("|")[0])

    def roman(self, text: str) -> str:
        """A drawn name or place in the Latin letters that its papers use."""
        for key in ("given", "family", "cities"):
            for entry in self._words[key]:
                native, _, latin = entry.partition("|")
                if latin and native == text:
                    return str(latin)
        return text

    def fill(self, pattern: str) -> str:
        """A pattern with its slots filled."""
        return _SLOT.sub(lambda match: self._slot(match[1]), pattern)

    def _slot(self, name: str) -> str:
        if name in _LISTS:
            return self.draw(_LISTS[name])
        if name == "name":
            return self.full_name(self.draw("given"), self.draw("family"))
        return str(getattr(self, name)())

    def full_name(self, given: str, family: str) -> str:
        """A person's name in the order of the language."""
        return f"{family}{given}" if self.language == "zh" else f"{given} {family}"

    def month(self) -> str:
        """The name of a month."""
        return self.rng.choice(self.months())

    def small(self) -> str:
        """A number from 2 to 9."""
        return str(self.rng.randint(2, 9))

    def number(self) -> str:
        """A number of two to four digits."""
        return str(self.rng.choice([self.rng.randint(11, 99), self.rng.randint(100, 9800)]))

    def year(self) -> str:
        """A year of the last or the coming decades."""
        return str(self.rng.randint(1961, 2031))

    def percent(self) -> str:
        """A share below a hundred, with or without a space before the sign."""
        return self.decimal(self.rng.randint(5, 990), places=1) + self.rng.choice(["%", " %"])

    def time(self) -> str:
        """A time of day."""
        return f"{self.rng.randint(6, 21)}:{self.rng.choice(['00', '15', '20', '30', '45', '55'])}"

    def decimal(self, hundredths: int, *, places: int = 2) -> str:
        """A number with the language's own separators."""
        whole, rest = divmod(hundredths, 10**places)
        return f"{self.grouped(whole)}{self._words['decimal']}{rest:0{places}d}"

    def grouped(self, number: int) -> str:
        """A whole number; thousands are grouped from five digits on, as most style guides ask."""
        return f"{number:,}".replace(",", self._words["thousands"]) if number > 9999 else str(number)

    def amount(self) -> str:
        """A sum of money with its currency."""
        pattern = self.rng.choice(self._words["currency"])
        hundredths = self.rng.choice([self.rng.randint(200, 99999), self.rng.randint(100000, 9999999)])
        return str(pattern.format(self.decimal(hundredths)))

    def date(self) -> str:
        """A date in one of the language's customary forms."""
        return self.date_of(self.rng.randint(1962, 2031), self.rng.randint(1, 12), self.rng.randint(1, 28))

    def date_of(self, year: int, month: int, day: int) -> str:
        """The given date in one of the language's customary forms."""
        pattern = self.rng.choice(self._words["dates"])
        facts = {"d": day, "dd": f"{day:02d}", "m": month, "mm": f"{month:02d}", "y": year, "yy": f"{year % 100:02d}"}
        return str(pattern.format(month=self._words["months"][month - 1], **facts))

    def code(self) -> str:
        """A reference such as RG-2024/00817."""
        rng = self.rng
        letters = "".join(rng.choice(_LETTERS) for _ in range(rng.randint(1, 3)))
        return rng.choice(
            [
                f"{letters}-{rng.randint(2015, 2031)}/{rng.randint(1, 99999):05d}",
                f"{letters}{rng.randint(1000, 999999)}",
                f"{rng.randint(10, 99)}.{rng.randint(100, 999)}-{letters}",
                f"{letters} {rng.randint(10, 99)}/{rng.randint(100, 9999)}",
            ]
        )

    def phone(self) -> str:
        """A telephone number."""
        rng = self.rng
        return rng.choice(
            [
                f"+{rng.randint(30, 49)} {rng.randint(20, 999)} {rng.randint(100, 999)} {rng.randint(1000, 9999)}",
                f"0{rng.randint(20, 999)}/{rng.randint(10000, 9999999)}",
                f"0{rng.randint(20, 999)} {rng.randint(10, 99)} {rng.randint(10, 99)} {rng.randint(10, 99)}",
                f"({rng.randint(201, 989)}) {rng.randint(200, 999)}-{rng.randint(1000, 9999)}",
            ]
        )

    def email(self) -> str:
        """A mail address at a name that is reserved for examples (RFC 2606)."""
        plain = self.roman(self.draw("family")).lower().replace("'", "").replace(" ", "")
        plain = "".join(c if c.isascii() else "e" for c in plain)
        host, zone = self.rng.choice(["office", "post", "mail", "info"]), self.rng.choice(["org", "com", "net"])
        return f"{plain}@{host}.example.{zone}"

    def iban(self) -> str:
        """An account of one of five countries, grouped by four."""
        country, length, used = self.rng.choice(_ACCOUNTS)
        tail = "".join(str(self.rng.randint(0, 9)) for _ in range(length))[:used]
        if country == "GB":
            tail = "".join("QXZW"[int(figure) % 4] for figure in tail[:4]) + tail[4:]
        return accounts.grouped(accounts.closed(country, tail))

    def sentence(self) -> str:
        """One sentence."""
        roll = self.rng.random()
        if roll < 0.1:
            return _capital(self.draw("short"))
        main = self.draw("mains")
        if roll < 0.4 and self._words["openers"]:
            main = f"{self.draw('openers')} {main}"
        if 0.3 < roll < 0.75:
            main += self._tail_joint() + self.draw("tails")
        return _capital(main) + "."

    def _tail_joint(self) -> str:
        return str(self._words.get("tail_joint", " "))

    def paragraph(self, count: int) -> str:
        """At least `count` words in whole sentences."""
        parts: list[str] = []
        size = 0
        while size < count:
            parts.append(self.sentence())
            size += len(parts[-1].split())
        return " ".join(parts)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
