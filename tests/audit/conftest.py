"""A log and a witness that knows it."""

from __future__ import annotations

import pytest

from cloister.audit.held import read
from cloister.audit.log import Log
from cloister.audit.witness import FolderWitness
from cloister.audit.witness import folder as folders
from cloister.sign import Verifier
from tests.audit.logs import ORIGIN, Ticking, drafts, make


class Place:
    """A log of ten events, and a witness that knows it."""

    def __init__(self, base):
        self.path, self.clock = base / "log", Ticking()
        self.key = make(self.path, (5, 5), clock=self.clock)
        self.vkey = Verifier(ORIGIN, self.key.public)
        folders.create(base / "witness", "witness.example/w", self.vkey)
        self.witness = FolderWitness(base / "witness")

    def grow(self, count):
        with Log(self.path, self.key, clock=self.clock) as log:
            log.append(*drafts(count, seed=log.size))

    def held(self):
        return read(self.path)

    def other(self, base, sizes=(6, 6)):
        """Another log of the same name and key."""
        make(base / "other", sizes, self.key, seed=9)
        return read(base / "other")


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)
