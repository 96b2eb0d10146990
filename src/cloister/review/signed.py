"""What people signed of a review: their word for a claim or a question, until a day; and that they approve.

One file, a line each, which only grows: every line is a DSSE envelope that holds the hash of the line before, the
first that of the review's own evidence. A line that is changed, taken out or put in breaks the chain. What remains:
whoever can replace the whole file can cut its end off, as nobody outside countersigns it.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import date
from enum import Enum

from cloister.sign import Key, Statement, Subject, sealed

FILE = "signed.jsonl"
KIND = "urn:cloister:word:1"
LONGEST = 500
"""Characters of a name or of words."""


class Act(Enum):
    """What a person did by signing."""

    ATTEST = "attest"
    """Gave their word that a claim holds, or an answer to a question. It expires."""
    APPROVE = "approve"
    """Took the decision that the record is about."""


@dataclass(frozen=True, slots=True)
class Word:
    """One line. `about` is a claim's or a question's id, empty for an approval; `expires` is the last day it holds.

    `by` and `says` are as the person wrote them, to be escaped by whoever shows them. `signer` is the fingerprint of
    the key that signed it.
    """

    act: Act
    about: str
    by: str
    says: str
    day: date
    expires: date
    signer: str = ""

    def holds(self, today: date) -> bool:
        """Whether it still counts."""
        return self.day <= today <= self.expires


def line(word: Word, evidence: bytes, before: bytes, key: Key) -> bytes:
    """The next line of the file, of which `before` are the lines so far; `evidence` is the review's own envelope."""
    lines = before.splitlines(keepends=True)
    last = hashlib.sha256(lines[-1] if lines else evidence).hexdigest()
    predicate = {
        "about": word.about,
        "act": word.act.value,
        "before": last,
        "by": word.by,
        "day": word.day.isoformat(),
        "expires": word.expires.isoformat(),
        "key": base64.b64encode(key.public.raw()).decode(),
        "says": word.says,
    }
    subject = Subject("evidence/review.dsse.json", hashlib.sha256(evidence).hexdigest())
    return sealed(Statement(KIND, (subject,), predicate).payload(), key)


def from_checked(told: dict[str, str]) -> Word:
    """A word as the verifier gives it, which has checked signature and chain."""
    return Word(
        Act(told["act"]),
        told["about"],
        told["by"],
        told["says"],
        date.fromisoformat(told["day"]),
        date.fromisoformat(told["expires"]),
        told["signer"],
    )
