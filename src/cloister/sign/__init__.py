"""Signing: Ed25519 keys, DSSE envelopes, in-toto statements, signed notes. Bytes in, bytes out; no file is opened here.

Nothing is invented: the signatures are Ed25519 (RFC 8032), the envelopes DSSE v1, the payloads in-toto Statements v1,
the notes and cosignatures those of C2SP.
"""

from __future__ import annotations

from cloister.sign.dsse import opened, sealed
from cloister.sign.keys import Key, Public
from cloister.sign.note import Kind, Note, Verifier, cosignature, signature
from cloister.sign.statement import Statement, Subject, canonical

__all__ = [
    "Key",
    "Kind",
    "Note",
    "Public",
    "Statement",
    "Subject",
    "Verifier",
    "canonical",
    "cosignature",
    "opened",
    "sealed",
    "signature",
]
