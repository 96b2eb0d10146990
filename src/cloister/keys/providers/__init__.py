"""Who holds the key of a tenant. Each provider is one file and passes the same contract (tests/keys/contract.py).

Everything that a provider says but yes is a denial (`KeyRefused`, `KeyGone`); not answering is
`KeyProviderUnreachable`. Nothing is retried with less.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from cloister.errors import CloisterError, Harm, KeyProviderUnreachable, SealedDataDamaged
from cloister.keys.secret import Secret


class Word(Enum):
    """By whose word a key has ended."""

    OURS = "overwritten and synced here, and read back"
    TOKEN = "the token says that it destroyed it"  # noqa: S105 - no password, but words about one
    SERVICE = "the key service says so"


class Ending(Enum):
    """What became of a key."""

    DISABLED = "disabled"
    """It opens nothing now, and can be enabled again."""
    SCHEDULED = "deletion scheduled"
    """It opens nothing now; until `irrecoverable_at` it can be brought back, so it is not destroyed."""
    DESTROYED = "destroyed"
    """It opens nothing, ever."""


@dataclass(frozen=True, slots=True)
class End:
    """What a receipt says of a key that has ended. Times are seconds since 1970."""

    ending: Ending
    disabled_at: int
    irrecoverable_at: int | None
    """From when on nobody can bring it back; in the future while it is only scheduled; None if that was not asked."""
    by: Word


class TenantKey(Protocol):
    """The key encryption key of one tenant. Wrapping binds to `bound`: other bytes at unwrapping are refused."""

    @property
    def tenant(self) -> str:
        """Whose it is."""

    def wrap(self, key: Secret | bytes, bound: bytes) -> bytes:
        """Encrypt a key, or a wrapped one, with the newest version."""

    def unwrap(self, wrapped: bytes, bound: bytes) -> Secret:
        """What `wrap` was given."""

    def rotate(self) -> None:
        """Make a new version: it wraps from now on, and the old ones still unwrap."""

    def disable(self, now: int) -> End:
        """Stop it from opening anything, until it is enabled again."""

    def destroy(self, now: int) -> End:
        """End it for good, or begin to: what `End` says is what happened."""


def digest(bound: bytes) -> bytes:
    """What a service elsewhere is told of the associated data: enough to bind to it, nothing to learn from it."""
    return hashlib.sha256(bound).digest()


def prove(key: TenantKey) -> None:
    """Raise unless it wraps, unwraps, and refuses other associated data: some ignore what they do not know.

    It has to unwrap once more after that, so that no failure of another cause passes for the refusal.
    """
    with Secret.new() as probe:
        wrapped = key.wrap(probe, b"this")
        _require_same(key, wrapped, probe)
        try:
            key.unwrap(wrapped, b"that").wipe()
        except KeyProviderUnreachable:
            raise
        except CloisterError:
            _require_same(key, wrapped, probe)
            return
        raise SealedDataDamaged(why=Harm.STRANGE)


def _require_same(key: TenantKey, wrapped: bytes, probe: Secret) -> None:
    with key.unwrap(wrapped, b"this") as same:
        if same.open() != probe.open():
            raise SealedDataDamaged(why=Harm.CHANGED)
