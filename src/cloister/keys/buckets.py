"""Retention buckets: content that ends at about the same time shares a key, which ends no later than was promised.

All times are whole seconds since 1970 in UTC. A bucket ends at or before the promised expiry, and less than
max(1 minute, a tenth of the retention) before it; short retentions have narrow buckets.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cloister.errors import Expired


@dataclass(frozen=True, slots=True)
class Bucket:
    """The key of a bucket is destroyed at `ends`; what is in it was promised to end within `width` seconds after."""

    ends: int
    width: int

    def __str__(self) -> str:
        return f"{self.ends}/{self.width}"

    def require_open(self, now: int) -> None:
        """Raise `Expired` from the second on in which it ends, whether or not its key was destroyed."""
        if now >= self.ends:
            raise Expired


def bucket_of(accepted: int, retention: int) -> Bucket:
    """The bucket of content that was accepted then and may be kept for so many seconds (at least 1)."""
    if retention < 1:
        raise Expired
    width = max(1, retention // 10)
    return Bucket((accepted + retention) // width * width, width)


def shortest(accepted: int, retentions: Iterable[int]) -> Bucket:
    """The bucket to begin with while the level is not final: that of the shortest outcome, so none is overstayed."""
    return bucket_of(accepted, min(retentions))


def settled(accepted: int, retention: int, begun: Bucket) -> Bucket:
    """The bucket once the level is final. It is never shorter than need be, and never beyond what was promised."""
    final = bucket_of(accepted, retention)
    return begun if final.ends < begun.ends <= accepted + retention else final
