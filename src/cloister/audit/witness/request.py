"""What is asked of a witness, and what it answers, as c2sp.org/tlog-witness writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cloister.audit.checkpoint import Checkpoint
from cloister.audit.proofs import LONGEST as HASHES
from cloister.audit.proofs import check_consistency
from cloister.errors import Flaw, LogDoesNotVerify
from cloister.sign import Note
from cloister.sign.note import decoded, encoded

_OLD = re.compile(r"old (0|[1-9][0-9]{0,17})")


@dataclass(frozen=True, slots=True)
class Stale:
    """The witness knows the log at another size than the request starts from."""

    size: int


@dataclass(frozen=True, slots=True)
class Request:
    """Sign this checkpoint, which goes on from the tree of `old` events; `proof` shows that."""

    old: int
    proof: tuple[bytes, ...]
    note: Note

    def written(self) -> bytes:
        """The body of the request."""
        lines = [f"old {self.old}", *map(encoded, self.proof), "", ""]
        return "\n".join(lines).encode() + self.note.written()

    @classmethod
    def read(cls, body: bytes) -> Request:
        """From what `written` gives; `LogDoesNotVerify` on anything else."""
        head, blank, note = body.partition(b"\n\n")
        try:
            first, *proof = head.decode("ascii").split("\n")
        except UnicodeDecodeError:
            raise LogDoesNotVerify(why=Flaw.STRANGE) from None
        old = _OLD.fullmatch(first)
        if not blank or not old or len(proof) > HASHES:
            raise LogDoesNotVerify(why=Flaw.STRANGE)
        return cls(int(old[1]), tuple(map(decoded, proof)), Note.read(note))


def goes_on(request: Request, last: Checkpoint | None, checkpoint: Checkpoint) -> Stale | None:
    """Raise unless the checkpoint goes on from the last one that was signed; `Stale` if the request does not."""
    size = last.size if last else 0
    if request.old > checkpoint.size:
        raise LogDoesNotVerify(why=Flaw.STRANGE)
    if request.old != size:
        return Stale(size)
    try:
        if last and last.size:
            check_consistency(last.size, checkpoint.size, request.proof, last.root, checkpoint.root)
        elif request.proof:
            raise LogDoesNotVerify(why=Flaw.PROOF)
    except LogDoesNotVerify:
        raise LogDoesNotVerify(why=Flaw.FORKED) from None
    return None
