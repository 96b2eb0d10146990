"""What a key or content belongs to: the associated data of every layer, so that nothing opens in another's place."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import Enum

from cloister.errors import LevelLowered
from cloister.keys.buckets import Bucket
from cloister.model import Artefact, Sensitivity

FORMAT = "cloister/keys/1"


class Layer(Enum):
    """What is encrypted. It stands first in the associated data, so that no layer passes for another."""

    STREAM = "stream"
    COMMIT = "commit"
    DOCUMENT = "document"
    BUCKET = "bucket"
    TENANT = "tenant"
    STORED = "stored"
    ROOT = "root"
    LOCAL = "local"


def encoded(*parts: str | bytes) -> bytes:
    """One spelling for each list of parts: their number, then each with its length (32 bits, big end first)."""
    held = [part.encode() if isinstance(part, str) else part for part in parts]
    return struct.pack(">I", len(held)) + b"".join(struct.pack(">I", len(part)) + part for part in held)


@dataclass(frozen=True, slots=True)
class Context:
    """Which artefact of which document this is, and under which policy and level it is kept."""

    vault: str
    environment: str
    tenant: str
    project: str
    kind: str
    """As it was declared; empty for one that the policy does not list."""
    document: str
    artefact: Artefact
    level: Sensitivity
    policy: str
    """The hash of the policy in force, in hex."""
    bucket: Bucket

    def spelt(self) -> bytes:
        """All fields, in one spelling."""
        return encoded(
            FORMAT,
            self.vault,
            self.environment,
            self.tenant,
            self.project,
            self.kind,
            self.document,
            self.artefact.value,
            self.level.value,
            self.policy,
            str(self.bucket),
        )

    def bound(self, layer: Layer, *more: bytes) -> bytes:
        """The associated data of one layer."""
        return encoded(layer.value, self.spelt(), *more)

    def require_same(self, other: Context) -> None:
        """Raise `LevelLowered` if the other is not of the same artefact at the same or a higher level."""
        fixed = ("vault", "environment", "tenant", "project", "kind", "document", "artefact")
        if any(getattr(self, name) != getattr(other, name) for name in fixed) or other.level < self.level:
            raise LevelLowered
