"""What can be said to have happened: every act, of what, and with which facts."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Any

from cloister.document import Grade
from cloister.errors import Clock
from cloister.model import Artefact, Evidence, Placement, Role, Sensitivity

_DIGITS = re.compile(r"[0-9a-f]{32}")


class Thing(Enum):
    """What an id is of; the value begins the id."""

    PERSON = "per"
    SERVICE = "svc"
    """A service account."""
    SYSTEM = "sys"
    """Cloister itself, where nobody asked: a sweep, an expiry."""
    DOCUMENT = "doc"
    JOB = "job"
    KEY = "key"
    BUCKET = "bkt"
    VAULT = "vlt"
    TENANT = "ten"
    SINK = "snk"


ACTORS = frozenset({Thing.PERSON, Thing.SERVICE, Thing.SYSTEM})
"""Who can act."""


@dataclass(frozen=True, slots=True)
class Id:
    """An id: 128 bits that say nothing by themselves, either random or a keyed hash."""

    digits: str
    thing: Thing

    def __post_init__(self) -> None:
        if not _DIGITS.fullmatch(self.digits):
            raise ValueError("an id has 32 hexadecimal digits")

    def __str__(self) -> str:
        return f"{self.thing.value}-{self.digits}"

    @classmethod
    def new(cls, thing: Thing) -> Id:
        """A new one, from the system's random numbers."""
        return cls(secrets.token_hex(16), thing)

    @classmethod
    def read(cls, text: str) -> Id:
        """From what `str` gives; `ValueError` on anything else."""
        prefix, _, digits = text.partition("-")
        return cls(digits, Thing(prefix))


class Outcome(Enum):
    """What came of an act."""

    INTENDED = "intended"
    """It is about to be done: said before, where a crash in the middle must be seen afterwards."""
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


class Cause(Enum):
    """Why something was shredded."""

    READ = "read"
    FETCHED = "fetched"
    EXPIRED = "expired"
    DELETED = "deleted"
    ABANDONED = "abandoned"


class Shape(Enum):
    """What a fact is, if it is no member of an enum."""

    NUMBER = "a number"
    MOMENT = "a time"
    """In milliseconds since 1970; written as ISO 8601 in UTC."""
    HASH = "a SHA-256"
    """In hexadecimal."""
    CODE = "the code of a refusal"
    ID = "an id"


class Act(Enum):
    """What can be done."""

    VAULT_MADE = "vault-made"
    VAULT_BACKED_UP = "vault-backed-up"
    VAULT_RESTORED = "vault-restored"
    SUBMITTED = "submitted"
    PLACED = "placed"
    READ = "read"
    RAISED = "raised"
    MISPLACED = "misplaced"
    RELEASED = "released"
    SHORTENED = "shortened"
    DELETED = "deleted"
    SHREDDED = "shredded"
    SWEPT = "swept"
    TAMPERING_FOUND = "tampering-found"
    KEY_MADE = "key-made"
    KEY_ROTATED = "key-rotated"
    KEY_DISABLED = "key-disabled"
    KEY_DESTRUCTION_ASKED = "key-destruction-asked"
    KEY_DESTROYED = "key-destroyed"
    BUCKET_DESTROYED = "bucket-destroyed"
    POLICY_APPROVED = "policy-approved"
    POLICY_WITHDRAWN = "policy-withdrawn"
    POLICY_LOADED = "policy-loaded"
    RECORD_APPROVED = "record-approved"
    ROLE_ASKED = "role-asked"
    ROLE_GIVEN = "role-given"
    ROLE_TAKEN = "role-taken"
    CLOCK_MOVED = "clock-moved"
    CLOCK_CONFIRMED = "clock-confirmed"
    LOG_MENDED = "log-mended"
    LOG_EXPORTED = "log-exported"
    WITNESSED = "witnessed"


@dataclass(frozen=True, slots=True)
class Says:
    """What an event of one act says: in words, of what, and with which facts."""

    words: str
    of: frozenset[Thing]
    """What its subject is; empty: it has none."""
    facts: Mapping[str, Shape | type[Enum]]
    may: Mapping[str, Shape | type[Enum]] = field(default_factory=dict)
    """Facts that can be left out."""


def _says(words: str, *of: Thing, may: Mapping[str, Any] | None = None, **facts: Shape | type[Enum]) -> Says:
    return Says(words, frozenset(of), facts, may or {})


_NUMBER, _MOMENT, _HASH, _CODE, _ID = Shape.NUMBER, Shape.MOMENT, Shape.HASH, Shape.CODE, Shape.ID
_KEYS = (Thing.KEY, Thing.TENANT)

VOCABULARY: Mapping[Act, Says] = MappingProxyType(
    {
        Act.VAULT_MADE: _says("the vault was made", Thing.VAULT),
        Act.VAULT_BACKED_UP: _says("a backup was made", Thing.VAULT, documents=_NUMBER),
        Act.VAULT_RESTORED: _says("a backup was restored", Thing.VAULT, documents=_NUMBER, readable=_NUMBER),
        Act.SUBMITTED: _says("a document was submitted", Thing.DOCUMENT, level=Sensitivity, until=_MOMENT),
        Act.PLACED: _says("it was decided where to read it", Thing.DOCUMENT, placement=Placement),
        Act.READ: _says("a document was read", Thing.DOCUMENT, pages=_NUMBER, grade=Grade, run=_NUMBER),
        Act.RAISED: _says(
            "its level was raised",
            Thing.DOCUMENT,
            may={"evidence": Evidence},
            before=Sensitivity,
            after=Sensitivity,
            until=_MOMENT,
        ),
        Act.MISPLACED: _says(
            "it was read where its level does not allow it", Thing.DOCUMENT, level=Sensitivity, placement=Placement
        ),
        Act.RELEASED: _says(
            "an output was released", Thing.DOCUMENT, may={"sink": _ID}, artefact=Artefact, level=Sensitivity
        ),
        Act.SHORTENED: _says("its time was shortened", Thing.DOCUMENT, until=_MOMENT),
        Act.DELETED: _says(
            "a document was deleted", Thing.DOCUMENT, may={"disabled_at": _MOMENT}, irrecoverable_at=_MOMENT
        ),
        Act.SHREDDED: _says(
            "an artefact was shredded", Thing.DOCUMENT, artefact=Artefact, cause=Cause, irrecoverable_at=_MOMENT
        ),
        Act.SWEPT: _says("what was due was swept", Thing.VAULT, documents=_NUMBER, orphans=_NUMBER),
        Act.TAMPERING_FOUND: _says("something was found changed", Thing.DOCUMENT, Thing.VAULT, code=_CODE),
        Act.KEY_MADE: _says("a key was made", *_KEYS),
        Act.KEY_ROTATED: _says("a key was rotated", *_KEYS, rewrapped=_NUMBER),
        Act.KEY_DISABLED: _says("a key was disabled", *_KEYS),
        Act.KEY_DESTRUCTION_ASKED: _says("the destruction of a key was asked for", *_KEYS),
        Act.KEY_DESTROYED: _says("a key was destroyed", *_KEYS, may={"disabled_at": _MOMENT}, irrecoverable_at=_MOMENT),
        Act.BUCKET_DESTROYED: _says("the keys of a time were destroyed", Thing.BUCKET, ended=_MOMENT),
        Act.POLICY_APPROVED: _says("a policy was approved", before=_HASH, after=_HASH),
        Act.POLICY_WITHDRAWN: _says("an approval of a policy was withdrawn", before=_HASH, after=_HASH),
        Act.POLICY_LOADED: _says("a policy came into force", before=_HASH, after=_HASH, widened=_NUMBER),
        Act.RECORD_APPROVED: _says("a decision record was approved", record=_HASH),
        Act.ROLE_ASKED: _says("a role was asked for", Thing.PERSON, Thing.SERVICE, role=Role),
        Act.ROLE_GIVEN: _says("a role was given", Thing.PERSON, Thing.SERVICE, role=Role),
        Act.ROLE_TAKEN: _says("a role was taken", Thing.PERSON, Thing.SERVICE, role=Role),
        Act.CLOCK_MOVED: _says("the clock was found moved", seconds=_NUMBER, way=Clock),
        Act.CLOCK_CONFIRMED: _says("the clock was confirmed", seconds=_NUMBER, way=Clock),
        Act.LOG_MENDED: _says("an append that was cut short was taken off the log", cut=_NUMBER),
        Act.LOG_EXPORTED: _says("the log was exported", size=_NUMBER),
        Act.WITNESSED: _says("a witness signed the log", witness=_HASH, size=_NUMBER),
    }
)
"""Every act, what it is called, and the facts that come with it."""
