"""Something that a provider publishes: fetched by one thread at a time, kept for a while, not asked for too often."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Generic, TypeVar

from cloister.errors import Fact, ProviderFlaw, ProviderUnreachable

T = TypeVar("T")
FRESH = 3600.0
"""Seconds for which it is kept. What is older is not used, also where no newer can be had."""
PAUSE = 60.0
"""Seconds from one fetch that was asked for early to the next."""
_AFTER_FAILURE = 5.0
_WAIT = 10.0


class Cached(Generic[T]):
    """What `fetch` gives, kept. `clock` gives seconds."""

    def __init__(self, fetch: Callable[[], T], clock: Callable[[], float]) -> None:
        self._fetch, self._clock = fetch, clock
        self._lock = Lock()
        self._kept: tuple[T, float] | None = None
        self._failed: tuple[Mapping[str, Fact], float] | None = None

    def known(self) -> T | None:
        """It, if that needs no fetching."""
        found = self._fresh(FRESH)
        return None if found is None else found[0]

    def get(self) -> T:
        """It, fetched if need be; `ProviderUnreachable` if it cannot be had."""
        found = self._fresh(FRESH) or self._again(FRESH)
        return found[0]

    def renewed(self) -> bool:
        """Fetch it early, where it is not so new already that this can help; whether it was fetched."""
        return self._fresh(PAUSE) is None and self._again(PAUSE) is not None

    def _fresh(self, age: float) -> tuple[T, float] | None:
        kept = self._kept
        return kept if kept is not None and 0 <= self._clock() - kept[1] < age else None

    def _again(self, age: float) -> tuple[T, float]:
        if not self._lock.acquire(timeout=_WAIT):
            raise ProviderUnreachable(why=ProviderFlaw.LATE)
        try:
            if (found := self._fresh(age)) is not None:
                return found  # another thread was first
            if self._failed is not None and 0 <= self._clock() - self._failed[1] < _AFTER_FAILURE:
                raise ProviderUnreachable(**self._failed[0])
            try:
                self._kept = found = (self._fetch(), self._clock())
            except ProviderUnreachable as refusal:
                self._failed = (refusal.facts, self._clock())
                raise
            return found
        finally:
            self._lock.release()
