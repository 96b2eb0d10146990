"""in-toto Statements v1: what is said (the predicate) of which files (the subjects, by hash)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from cloister.errors import Broken, DoesNotVerify

TYPE = "https://in-toto.io/Statement/v1"


def canonical(value: object) -> bytes:
    """JSON in one spelling: keys sorted, no spaces, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that is spoken of: its name, and its SHA-256 in hex."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said of some subjects. `kind` is a URI that names the form of `predicate`."""

    kind: str
    subjects: tuple[Subject, ...]
    predicate: dict[str, Any]

    def payload(self) -> bytes:
        """As it is signed."""
        return canonical(
            {
                "_type": TYPE,
                "predicate": self.predicate,
                "predicateType": self.kind,
                "subject": [{"digest": {"sha256": each.sha256}, "name": each.name} for each in self.subjects],
            }
        )

    @classmethod
    def from_payload(cls, payload: bytes, kind: str) -> Statement:
        """From what `payload` gave; `DoesNotVerify` on anything else, or on a statement of another kind."""
        try:
            held = json.loads(payload)
            subjects = tuple(Subject(each["name"], each["digest"]["sha256"]) for each in held["subject"])
            statement = cls(held["predicateType"], subjects, held["predicate"])
            same = statement.payload() == payload
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise DoesNotVerify(why=Broken.STRANGE) from None
        if not same or statement.kind != kind or not isinstance(statement.predicate, dict):
            raise DoesNotVerify(why=Broken.STRANGE)
        return statement
