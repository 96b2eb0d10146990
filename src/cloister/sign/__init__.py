"""Signing: Ed25519 keys, DSSE envelopes, in-toto statements. Bytes in, bytes out; no file is opened here.

The only package that imports a crypto library. Nothing is invented: the signatures are Ed25519 (RFC 8032), the
envelopes DSSE v1, the payloads in-toto Statements v1.
"""

from __future__ import annotations

from cloister.sign.dsse import opened, sealed
from cloister.sign.keys import Key, Public
from cloister.sign.statement import Statement, Subject, canonical

__all__ = ["Key", "Public", "Statement", "Subject", "canonical", "opened", "sealed"]
