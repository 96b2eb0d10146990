"""Checkpoints (c2sp.org/tlog-checkpoint): which log, how many events, and the root of the tree over them, signed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cloister.audit.merkle import EMPTY, SIZE
from cloister.errors import Flaw, LogDoesNotVerify
from cloister.sign import Key, Note, Verifier, signature
from cloister.sign.note import decoded, encoded, is_name

_NUMBER = re.compile(r"0|[1-9][0-9]{0,17}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log at one size. `origin` names the log, and is the name that its key signs with."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{encoded(self.root)}\n"

    @classmethod
    def from_text(cls, text: str) -> Checkpoint:
        """From what `text` gives; `LogDoesNotVerify` on anything else, extension lines included."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] or not is_name(lines[0]) or not _NUMBER.fullmatch(lines[1]):  # noqa: PLR2004
            raise LogDoesNotVerify(why=Flaw.STRANGE)
        made = cls(lines[0], int(lines[1]), decoded(lines[2]))
        if len(made.root) != SIZE or (made.size == 0 and made.root != EMPTY):
            raise LogDoesNotVerify(why=Flaw.STRANGE)
        return made

    def signed(self, key: Key) -> Note:
        """The note that the log's own key makes of it."""
        return Note(self.text(), (signature(self.text(), self.origin, key),))


def opened(data: bytes, verifier: Verifier) -> tuple[Checkpoint, Note]:
    """The checkpoint in a note that this log signed; `LogDoesNotVerify` on any other."""
    note = Note.read(data)
    checkpoint = Checkpoint.from_text(note.text)
    if checkpoint.origin != verifier.name:
        raise LogDoesNotVerify(why=Flaw.SIGNER)
    note.signed_by(verifier)
    return checkpoint, note
