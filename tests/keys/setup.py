"""What the tests of keys share: contexts, and a passphrase at a cost that a test can pay."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cloister.keys.buckets import Bucket
from cloister.keys.context import Context
from cloister.keys.providers.local import Cost, Keyring
from cloister.keys.secret import Secret
from cloister.model import Artefact, Sensitivity

CHEAP = Cost(log_memory=3, passes=1, lanes=1)
NOW = 1_000_000
VAULT = "vault-1"
CONTEXT = Context(
    VAULT,
    "prod",
    "north",
    "claims",
    "memo",
    "doc-1",
    Artefact.SOURCE,
    Sensitivity.LOW,
    "ab" * 32,
    Bucket(NOW + 600, 60),
)
OTHERS = {
    "vault": "vault-2",
    "environment": "test",
    "tenant": "south",
    "project": "other",
    "kind": "identity",
    "document": "doc-2",
    "artefact": Artefact.TEXT,
    "level": Sensitivity.HIGH,
    "policy": "cd" * 32,
    "bucket": Bucket(NOW + 660, 60),
}
"""Another value for each field of the associated data."""
SWAPPED = [replace(CONTEXT, **{name: value}) for name, value in OTHERS.items()]


def secret(text: str = "six random words for a test") -> Secret:
    return Secret(bytearray(text.encode()))


def folder(place: Path, name: str = "keys") -> Path:
    made = place / name
    made.mkdir(mode=0o700)
    return made


def keyring(place: Path) -> Keyring:
    return Keyring.make(place, VAULT, secret(), CHEAP)
