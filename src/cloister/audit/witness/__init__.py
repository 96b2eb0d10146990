"""Witnesses: who keeps the last checkpoint that they saw, and signs the next only if it goes on from there.

What a witness keeps and signs is out of the reach of who runs the log, or it witnesses nothing. The protocol is that of
C2SP (c2sp.org/tlog-witness, c2sp.org/tlog-cosignature); a witness is a folder elsewhere or an HTTP endpoint. A printed
checkpoint witnesses too: it cannot sign, but the log can be compared with it.
"""

from __future__ import annotations

from cloister.audit.witness.asking import Witness, ask
from cloister.audit.witness.folder import FolderWitness
from cloister.audit.witness.http import HttpWitness
from cloister.audit.witness.request import Request, Stale

__all__ = ["FolderWitness", "HttpWitness", "Request", "Stale", "Witness", "ask"]
