"""A witness that is a folder: on another machine's disk, on a stick, wherever the log's own admin cannot write.

key.pem                 its private key
witness.vkey            its public key
logs                    the public keys of the logs that it knows, one a line
<hash>/checkpoint       for each log the last checkpoint that it signed, by the SHA-256 of the log's name
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from cloister.audit.checkpoint import Checkpoint, opened
from cloister.audit.files import Folder, locked, typed
from cloister.audit.witness.request import Request, Stale, goes_on
from cloister.errors import Flaw, LogDoesNotVerify, Mute, NotFound, WitnessSilent
from cloister.sign import Key, Kind, Note, Verifier, cosignature
from cloister.sign.note import LONGEST, Signature, is_name

KEY, VKEY, LOGS, CHECKPOINT = "key.pem", "witness.vkey", "logs", "checkpoint"
WAIT = 10.0
LOGS_MOST = 1000
"""Logs that one witness knows at most."""


def create(path: str | os.PathLike[str], name: str, log: Verifier) -> Verifier:
    """Make a witness in a new folder, with a new key, that knows one log. Gives its public key."""
    if not is_name(name):
        raise ValueError("a witness's name has no spaces and no plus sign")
    key = Key.new()
    verifier = Verifier(name, key.public, Kind.COSIGNATURE)
    with typed():
        Path(path).mkdir(mode=0o700)
    with Folder(path) as folder:
        folder.replace(LOGS, f"{log.vkey()}\n".encode())
        folder.replace(VKEY, f"{verifier.vkey()}\n".encode())
        folder.replace(KEY, key.pem())
    return verifier


def place_of(origin: str) -> str:
    """Where the last checkpoint of this log is, within the folder."""
    return hashlib.sha256(origin.encode()).hexdigest()


class FolderWitness:
    """A witness in a folder. Whoever can read the folder's key can sign as it."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = path
        with Folder(path) as folder:
            self.verifier = Verifier.from_vkey(_line(folder, VKEY))

    def last(self, log: Verifier) -> Note | None:
        """The last checkpoint of this log that it signed; None if there is none."""
        with Folder(self._path) as folder:
            return self._last(folder, log)

    def add(self, request: Request, seconds: int) -> tuple[Signature, ...] | Stale:
        """Sign, at this time in seconds since 1970, or say at which size it knows the log.

        `LogDoesNotVerify` if the checkpoint does not go on from the last one, which is kept before anything is given.
        """
        with Folder(self._path) as folder, locked(folder.descriptor, WAIT):
            origin = Checkpoint.from_text(request.note.text).origin
            log = self._log(folder, origin)
            checkpoint, note = opened(request.note.written(), log)
            last = self._last(folder, log)
            stale = goes_on(request, Checkpoint.from_text(last.text) if last else None, checkpoint)
            if stale:
                return stale
            key = Key.from_pem(folder.read(KEY, LONGEST))
            signed = cosignature(note.text, self.verifier.name, key, seconds)
            kept = Note(note.text, (*(s for s in note.signatures if (s.name, s.id) == (log.name, log.id)), signed))
            kept.signed_by(self.verifier)  # a key that is not the one it is known by signs nothing
            folder.make(place_of(origin))
            with Folder(place_of(origin), parent=folder) as below:
                below.replace(CHECKPOINT, kept.written())
            return (signed,)

    def _last(self, folder: Folder, log: Verifier) -> Note | None:
        try:
            with Folder(place_of(log.name), parent=folder) as below:
                _, note = opened(below.read(CHECKPOINT, LONGEST), log)
        except NotFound:
            return None
        note.signed_by(self.verifier)
        return note

    def _log(self, folder: Folder, origin: str) -> Verifier:
        lines = folder.read(LOGS, LONGEST).decode("utf-8", "replace").splitlines()
        for verifier in map(Verifier.from_vkey, lines[:LOGS_MOST]):
            if verifier.name == origin:
                return verifier
        raise WitnessSilent(why=Mute.UNKNOWN_LOG)


def _line(folder: Folder, name: str) -> str:
    try:
        return folder.read(name, LONGEST).decode().removesuffix("\n")
    except UnicodeDecodeError:
        raise LogDoesNotVerify(why=Flaw.STRANGE) from None
