"""Asking a witness, and keeping what it signed beside the log."""

from __future__ import annotations

import os
from typing import Protocol

from cloister.audit.files import Folder, locked
from cloister.audit.held import WITNESSED, Held, Witnessed
from cloister.audit.witness.request import Request, Stale
from cloister.errors import Flaw, LogDoesNotVerify, Mute, WitnessSilent
from cloister.sign import Note, Verifier
from cloister.sign.note import Signature

WAIT = 10.0


class Witness(Protocol):
    """Who signs checkpoints that go on from the last one that they saw."""

    @property
    def verifier(self) -> Verifier:
        """Its public key."""

    def add(self, request: Request, seconds: int) -> tuple[Signature, ...] | Stale:
        """Its signatures of the checkpoint, or the size at which it knows the log."""


def ask(held: Held, witness: Witness, seconds: int) -> Witnessed:
    """Have a witness sign the last checkpoint of a log, at this time in seconds since 1970.

    `WitnessSilent` if it gives no signature, `LogDoesNotVerify` if it saw another log, or more of this one.
    """
    known = [each for each in held.witnessed if each.witness.vkey() == witness.verifier.vkey()]
    answer = witness.add(_request(held, known[0].checkpoint.size if known else 0), seconds)
    if isinstance(answer, Stale):
        if answer.size > held.checkpoint.size:
            raise LogDoesNotVerify(why=Flaw.CUT)
        answer = witness.add(_request(held, answer.size), seconds)
    if isinstance(answer, Stale):
        raise WitnessSilent(why=Mute.STRANGE)
    mine = witness.verifier
    own = tuple(each for each in held.note.signatures if each.name == held.verifier.name)
    given = tuple(each for each in answer if (each.name, each.id) == (mine.name, mine.id))
    note = Note(held.note.text, (*own, *given[:1]))
    try:
        return Witnessed(mine, held.checkpoint, note, note.signed_by(mine))
    except LogDoesNotVerify:
        raise WitnessSilent(why=Mute.NOT_SIGNED) from None


def keep(path: str | os.PathLike[str], signed: Witnessed) -> None:
    """Keep what a witness signed in the folder of the log, in the place of what it signed before."""
    with Folder(path) as folder:
        folder.make(WITNESSED)
        with Folder(WITNESSED, parent=folder) as below, locked(below.descriptor, WAIT):
            below.replace(signed.name(), signed.written())


def _request(held: Held, old: int) -> Request:
    proof = held.tree.consistency(old, held.checkpoint.size) if old else ()
    return Request(old, proof, held.note)
