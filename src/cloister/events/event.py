"""One event: checked against the vocabulary, written in one spelling, and read back only from that spelling."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import Any

from cloister.errors import CloisterError, Flaw, LogDoesNotVerify
from cloister.events.vocabulary import ACTORS, VOCABULARY, Act, Id, Outcome, Shape

LONGEST = 2048
"""Bytes of a written event at most."""
VERSION = 1
_HASH = re.compile(r"[0-9a-f]{64}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
_MOST = 1 << 53
"""Numbers stay below what every reader of JSON keeps exactly."""
_START = datetime(1970, 1, 1, tzinfo=UTC)

Value = int | str | Id | Enum


@dataclass(frozen=True, slots=True)
class Draft:
    """Something that is to be logged: all of an event but its number and its time.

    `policy` is the hash of the policy in force. What was refused or failed says its `code`, and may leave out the
    facts of its act. Raises `ValueError` where the vocabulary has no such event.
    """

    actor: Id
    act: Act
    subject: Id | None
    policy: str
    outcome: Outcome = Outcome.DONE
    facts: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "facts", MappingProxyType(dict(self.facts)))
        says = VOCABULARY[self.act]
        of = self.subject.thing if self.subject else None
        if self.actor.thing not in ACTORS or (of not in says.of if says.of else of is not None):
            raise ValueError("an event of this act has another actor or subject")
        if not _HASH.fullmatch(self.policy):
            raise ValueError("a policy is named by its hash")
        bad = self.outcome in {Outcome.REFUSED, Outcome.FAILED}
        needed = {"code"} if bad else set(says.facts)
        shapes = {**says.facts, **says.may, **({"code": Shape.CODE} if bad else {})}
        if not needed <= set(self.facts) <= set(shapes):
            raise ValueError("an event of this act has other facts")
        for name, value in self.facts.items():
            _check(value, shapes[name])

    def at(self, number: int, moment: int) -> Event:
        """The event, with its place in the log and its time."""
        return Event(number, moment, self.actor, self.act, self.subject, self.policy, self.outcome, self.facts)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `number` counts from 0; `moment` is its time, in milliseconds since 1970."""

    number: int
    moment: int
    actor: Id
    act: Act
    subject: Id | None
    policy: str
    outcome: Outcome
    facts: Mapping[str, Value]

    def draft(self) -> Draft:
        """What was logged."""
        return Draft(self.actor, self.act, self.subject, self.policy, self.outcome, self.facts)

    def leaf(self) -> bytes:
        """As it is written: JSON in ASCII, keys sorted, no spaces."""
        plain = {
            "act": self.act.value,
            "actor": str(self.actor),
            "facts": dict(self.shown()),
            "number": self.number,
            "outcome": self.outcome.value,
            "policy": self.policy,
            "subject": str(self.subject) if self.subject else None,
            "time": moment_text(self.moment),
            "v": VERSION,
        }
        return json.dumps(plain, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()

    def shown(self) -> Iterator[tuple[str, int | str]]:
        """Each fact as it is written."""
        shapes = _shapes(self.act)
        for name, value in sorted(self.facts.items()):
            yield name, _plain(value, shapes[name])

    @classmethod
    def read(cls, leaf: bytes) -> Event:
        """From what `leaf` gives; `LogDoesNotVerify` on anything else."""
        try:
            if len(leaf) > LONGEST:
                raise ValueError
            held = json.loads(leaf)
            act = Act(held["act"])
            shapes = _shapes(act)
            facts = {name: _value(plain, shapes[name]) for name, plain in held["facts"].items()}
            subject = None if held["subject"] is None else Id.read(held["subject"])
            draft = Draft(Id.read(held["actor"]), act, subject, held["policy"], Outcome(held["outcome"]), facts)
            event = draft.at(_number(held["number"]), moment_of(held["time"]))
            same = event.leaf() == leaf
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            same, event = False, None
        if not same or event is None:
            raise LogDoesNotVerify(why=Flaw.EVENT)
        return event


def moment_text(moment: int) -> str:
    """A time in milliseconds since 1970 as ISO 8601 in UTC; `ValueError` outside the years 1970 to 9999."""
    try:
        text = (_START + timedelta(milliseconds=moment)).isoformat(timespec="milliseconds")
    except OverflowError:
        raise ValueError("no such time") from None
    if moment < 0:
        raise ValueError("no such time")
    return text.replace("+00:00", "Z")


def moment_of(text: str) -> int:
    """The time that `moment_text` wrote; `ValueError` on anything else."""
    if not _MOMENT.fullmatch(text):
        raise ValueError("no such time")
    return (datetime.fromisoformat(text) - _START) // timedelta(milliseconds=1)


@cache
def _shapes(act: Act) -> Mapping[str, Shape | type[Enum]]:
    says = VOCABULARY[act]
    return MappingProxyType({"code": Shape.CODE, **says.facts, **says.may})


@cache
def _members(kind: type[Enum]) -> Mapping[str, Enum]:
    """The members of an enum by how they are written."""
    return MappingProxyType({str(_plain(member, kind)): member for member in kind})


def _codes(kind: type[CloisterError] = CloisterError) -> Iterator[str]:
    yield kind.code
    for below in kind.__subclasses__():
        yield from _codes(below)


CODES = frozenset(_codes())
"""The code of every refusal."""


def _number(value: object) -> int:
    if type(value) is not int or not 0 <= value < _MOST:
        raise ValueError("a number from 0 on")
    return value


def _check(value: Value, shape: Shape | type[Enum]) -> None:
    """Raise `ValueError` unless a fact is of its shape."""
    if not isinstance(shape, Shape):
        fits = isinstance(value, shape)
    elif shape is Shape.NUMBER:
        fits = _number(value) >= 0
    elif shape is Shape.MOMENT:
        fits = bool(moment_text(_number(value)))
    elif shape is Shape.ID:
        fits = isinstance(value, Id)
    else:
        fits = isinstance(value, str) and (value in CODES if shape is Shape.CODE else bool(_HASH.fullmatch(value)))
    if not fits:
        raise ValueError("a fact of another shape")


def _plain(value: Value, shape: Shape | type[Enum]) -> int | str:
    if shape is Shape.MOMENT:
        return moment_text(_number(value))
    if isinstance(value, Enum):
        return str(value.value) if isinstance(value.value, str) else value.name.lower()
    return str(value) if isinstance(value, Id) else value


def _value(plain: Any, shape: Shape | type[Enum]) -> Value:  # noqa: ANN401 - what JSON held
    if shape is Shape.MOMENT:
        return moment_of(plain)
    if shape is Shape.ID:
        return Id.read(plain)
    if isinstance(shape, Shape):
        return plain if isinstance(plain, str) else _number(plain)
    return _members(shape)[plain]
