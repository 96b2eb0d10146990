"""How much comes in: requests of a principal, uploads and bytes at a time, documents and bytes of a tenant a day."""

from __future__ import annotations

import math
import shutil
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cloister.errors import Busy, QuotaOf, QuotaUsedUp, TooManyRequests

DAY = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Standing:
    """What a principal may still send: of `limit` requests in `window` seconds, `left` for the next `reset`."""

    limit: int
    window: int
    left: int
    reset: int

    def headers(self) -> dict[str, str]:
        """As draft-ietf-httpapi-ratelimit-headers has it, from its version 9 on. The principal is not named."""
        return {
            "RateLimit-Policy": f'"requests";q={self.limit};w={self.window}',
            "RateLimit": f'"requests";r={self.left};t={self.reset}',
        }


class Rate:
    """At most `limit` requests in about `window` seconds for each principal (the generic cell rate algorithm).

    It remembers `most` principals. One for whom there is no room shares one allowance with all others like it, so that
    a flood of names neither fills memory nor gives anyone a fresh start.
    """

    def __init__(self, limit: int, window: int, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        if min(limit, window, most) < 1:
            raise ValueError("a rate without bounds")
        self._limit, self._window, self._most, self._clock = limit, window, most, clock
        self._due: OrderedDict[Hashable, float] = OrderedDict()
        self._shared = 0.0

    def __len__(self) -> int:
        return len(self._due)

    def take(self, principal: Hashable) -> Standing:
        """Count one request, or raise `TooManyRequests`; a request that is refused is not counted."""
        now = self._clock()
        while self._due and next(iter(self._due.values())) <= now:
            self._due.popitem(last=False)  # as good as unknown
        known = principal in self._due or len(self._due) < self._most
        due = max(now, self._due.get(principal, now) if known else self._shared)
        after = due + self._window / self._limit
        # A millionth of an interval forgives the rounding of the sums.
        if (early := after - now - self._window) > self._window / self._limit / 1e6:
            raise TooManyRequests(limit=self._limit, window=self._window, seconds=max(1, math.ceil(early)))
        if known:
            self._due[principal] = after
            self._due.move_to_end(principal)
        else:
            self._shared = after
        left = math.floor((self._window - (after - now)) * self._limit / self._window + 1e-6)
        return Standing(self._limit, self._window, left, math.ceil(after - now))


class Gate:
    """How many uploads, and bytes of them, are on their way at a time, and how much of a disk stays free.

    It lives in one event loop. What an upload may have is counted until it is over, also what is on the disk by then:
    it refuses too early rather than too late.
    """

    def __init__(self, uploads: int, size: int, folder: Path, least_free: int, wait: int = 10) -> None:
        self._uploads, self._size, self._folder, self._least_free, self._wait = uploads, size, folder, least_free, wait
        self.uploads = self.size = 0

    @contextmanager
    def admitted(self, size: int) -> Iterator[None]:
        """Hold a place for an upload of at most `size` bytes, or raise `Busy`."""
        if self.uploads >= self._uploads or self.size + size > self._size:
            raise Busy(seconds=self._wait)
        try:
            free = shutil.disk_usage(self._folder).free
        except OSError:
            raise Busy(seconds=self._wait) from None
        if free - self.size - size < self._least_free:
            raise Busy(seconds=self._wait)
        self.uploads += 1
        self.size += size
        try:
            yield
        finally:
            self.uploads -= 1
            self.size -= size


@dataclass(frozen=True, slots=True)
class Quota:
    """What a tenant may send in a day of UTC."""

    documents: int
    size: int


def within(quota: Quota, documents: int, size: int, more: int, moment: int) -> None:
    """Raise `QuotaUsedUp` where one more document of `more` bytes is above it.

    `documents` and `size` are what was sent since the day began; `moment` is now, in milliseconds since 1970.
    """
    seconds = DAY - moment // 1000 % DAY
    if documents + 1 > quota.documents:
        raise QuotaUsedUp(limit=quota.documents, quota=QuotaOf.DOCUMENTS, seconds=seconds)
    if size + more > quota.size:
        raise QuotaUsedUp(limit=quota.size, quota=QuotaOf.BYTES, seconds=seconds)
