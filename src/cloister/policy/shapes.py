"""The shapes that a value in policy.toml may have. Each reads it, and gives the JSON Schema that says the same."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Protocol

from cloister.errors import Wanted
from cloister.policy import times

SLUG = r"^[a-z0-9]+(?:-[a-z0-9]+)*$(?!\n)"
LONGEST = 200
TEXT = (
    "^[^\\x00-\\x20\\x7f-\\xa0\\u2028-\\u202e\\u2066-\\u2069]"
    "[^\\x00-\\x1f\\x7f-\\x9f\\u2028-\\u202e\\u2066-\\u2069]{0,199}$(?!\\n)"
)
"""A line of text: no control characters, nothing that turns the reading direction, no space at the start."""
PLACE = r"^[A-Z]{2}$(?!\n)"
LANGUAGE = r"^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$(?!\n)"
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$(?!\n)"
Json = dict[str, object]


class Mistaken(Exception):
    """A value has another shape. `at` leads to the item of a list that is wrong."""

    def __init__(self, wanted: Wanted, at: tuple[int, ...] = ()) -> None:
        super().__init__(wanted)
        self.wanted = wanted
        self.at = at


class Shape(Protocol):
    """How one value is read."""

    def read(self, value: object) -> object:
        """Give what the value means, or raise `Mistaken`."""

    def schema(self) -> Json:
        """Give the JSON Schema that accepts what `read` does."""

    def words(self) -> str:
        """Say what may be written, for the docs."""


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text, of a pattern."""

    pattern: str = TEXT
    wanted: Wanted = Wanted.TEXT

    def read(self, value: object) -> str:
        """Give the text."""
        if not isinstance(value, str) or len(value) > LONGEST or not re.search(self.pattern, value):
            raise Mistaken(self.wanted)
        return value

    def schema(self) -> Json:
        """Give the schema."""
        return {"type": "string", "pattern": self.pattern, "maxLength": LONGEST}

    def words(self) -> str:
        """Say what may be written."""
        return self.wanted.value


@dataclass(frozen=True, slots=True)
class Time:
    """A time, in seconds."""

    def read(self, value: object) -> int:
        """Give the seconds."""
        count = times.seconds(value) if isinstance(value, str) else None
        if count is None:
            raise Mistaken(Wanted.TIME)
        return count

    def schema(self) -> Json:
        """Give the schema."""
        return {"type": "string", "pattern": times.PATTERN}

    def words(self) -> str:
        """Say what may be written."""
        return Wanted.TIME.value


@dataclass(frozen=True, slots=True)
class Day:
    """A date, bare as TOML has it or in quotes."""

    def read(self, value: object) -> date:
        """Give the date."""
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        if isinstance(value, str) and re.search(DAY, value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        raise Mistaken(Wanted.DAY)

    def schema(self) -> Json:
        """Give the schema."""
        return {"type": "string", "format": "date", "pattern": DAY}

    def words(self) -> str:
        """Say what may be written."""
        return Wanted.DAY.value


@dataclass(frozen=True, slots=True)
class Count:
    """A whole number within bounds."""

    least: int
    most: int

    def read(self, value: object) -> int:
        """Give the number. JSON knows no difference between 5 and 5.0, so neither does this."""
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        if isinstance(value, bool) or not whole or not self.least <= value <= self.most:  # type: ignore[operator]
            raise Mistaken(Wanted.NUMBER)
        return int(value)  # type: ignore[call-overload, no-any-return]

    def schema(self) -> Json:
        """Give the schema."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}

    def words(self) -> str:
        """Say what may be written."""
        return f"a whole number from {self.least} to {self.most}"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the members of an enum, by value."""

    of: type[Enum]
    wanted: Wanted

    def read(self, value: object) -> Enum:
        """Give the member."""
        if not isinstance(value, str):
            raise Mistaken(self.wanted)
        for member in self.of:
            if member.value == value:
                return member
        raise Mistaken(self.wanted)

    def schema(self) -> Json:
        """Give the schema."""
        return {"enum": [member.value for member in self.of]}

    def words(self) -> str:
        """Say what may be written."""
        return self.wanted.value


@dataclass(frozen=True, slots=True)
class Range:
    """A range of addresses in CIDR notation (RFC 4632), without host bits."""

    def read(self, value: object) -> str:
        """Give the range as it is normally written."""
        if not isinstance(value, str) or "/" not in value:
            raise Mistaken(Wanted.RANGE)
        try:
            return ipaddress.ip_network(value).with_prefixlen
        except ValueError:
            raise Mistaken(Wanted.RANGE) from None

    def schema(self) -> Json:
        """Give the schema; whether there are host bits is beyond it."""
        return {"type": "string", "pattern": r"^[0-9a-fA-F:.]+/[0-9]{1,3}$(?!\n)"}

    def words(self) -> str:
        """Say what may be written."""
        return Wanted.RANGE.value


@dataclass(frozen=True, slots=True)
class Set:
    """A list in which the order says nothing and nothing stands twice."""

    of: Shape
    least: int = 0

    def read(self, value: object) -> tuple[object, ...]:
        """Give the items, in order."""
        if not isinstance(value, list):
            raise Mistaken(Wanted.LIST)
        if len(value) < self.least:
            raise Mistaken(Wanted.FILLED)
        items: list[object] = []
        for place, item in enumerate(value):
            try:
                read = self.of.read(item)
            except Mistaken as mistake:
                raise Mistaken(mistake.wanted, (place,)) from None
            if read in items:
                raise Mistaken(Wanted.ONCE, (place,))
            items.append(read)
        return tuple(sorted(items, key=_order))

    def schema(self) -> Json:
        """Give the schema."""
        least: Json = {"minItems": self.least} if self.least else {}
        return {"type": "array", "items": self.of.schema(), "uniqueItems": True, **least}

    def words(self) -> str:
        """Say what may be written."""
        return f"a list, {'at least one, ' if self.least else ''}each {self.of.words()}"


def _order(item: object) -> tuple[int, str]:
    """Enums in the order of their definition, text by the alphabet."""
    if isinstance(item, Enum):
        members: Sequence[object] = list(type(item))
        return members.index(item), ""
    return 0, str(item)
