"""Rates, gates and quotas."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister.errors import Busy, QuotaOf, QuotaUsedUp, TooManyRequests
from cloister.service.limits import Gate, Quota, Rate, within


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def test_a_rate_gives_its_limit_at_once_and_then_one_by_one():
    clock = Clock()
    rate = Rate(5, 10, 3, clock)
    assert [rate.take("a").left for _ in range(5)] == [4, 3, 2, 1, 0]
    with pytest.raises(TooManyRequests) as refused:
        rate.take("a")
    assert refused.value.facts == {"limit": 5, "window": 10, "seconds": 2}
    clock.now += 2
    assert rate.take("a").left == 0
    assert rate.take("b").left == 4


@given(st.lists(st.floats(0, 5), max_size=200), st.integers(1, 9), st.integers(1, 9))
def test_no_window_ever_holds_twice_the_limit_and_one_more(waits, limit, window):
    clock, taken = Clock(), []
    rate = Rate(limit, window, 5, clock)
    for wait in waits:
        clock.now += wait
        try:
            said = rate.take("a")
        except TooManyRequests as refused:
            before = clock.now
            clock.now += refused.facts["seconds"]
            rate.take("a")  # what Retry-After says is enough
            taken.append(clock.now)
            assert clock.now > before
        else:
            assert 0 <= said.left < limit
            taken.append(clock.now)
    for at in taken:
        assert sum(at <= other < at + window for other in taken) <= 2 * limit + 1


def test_a_flood_of_names_fills_no_memory_and_frees_nobody():
    clock = Clock()
    rate = Rate(2, 10, 100, clock)
    for _ in range(2):
        rate.take("known")
    passed = 0
    for name in range(10_000):
        try:
            rate.take(name)
            passed += 1
        except TooManyRequests:
            pass
    assert len(rate) == 100
    assert passed == 99 + 2
    with pytest.raises(TooManyRequests):
        rate.take("known")
    clock.now += 11
    rate.take("new")
    assert len(rate) == 1


def test_a_gate_counts_uploads_bytes_and_what_stays_free(tmp_path):
    gate = Gate(2, 100, tmp_path, 0)
    with gate.admitted(60):
        with pytest.raises(Busy), gate.admitted(41):
            pass
        with gate.admitted(40), pytest.raises(Busy), gate.admitted(0):
            pass
    assert (gate.uploads, gate.size) == (0, 0)
    with pytest.raises(ZeroDivisionError), gate.admitted(5):
        raise ZeroDivisionError
    assert (gate.uploads, gate.size) == (0, 0)
    with pytest.raises(Busy), Gate(2, 100, tmp_path, 1 << 60).admitted(1):
        pass
    with pytest.raises(Busy), Gate(2, 100, tmp_path / "none", 0).admitted(1):
        pass


def test_a_quota_ends_and_says_when_the_next_day_begins():
    quota = Quota(3, 100)
    within(quota, 2, 90, 10, 0)
    with pytest.raises(QuotaUsedUp) as refused:
        within(quota, 3, 0, 1, 86_399_000)
    assert refused.value.facts == {"limit": 3, "quota": QuotaOf.DOCUMENTS, "seconds": 1}
    with pytest.raises(QuotaUsedUp) as refused:
        within(quota, 0, 91, 10, 0)
    assert refused.value.facts == {"limit": 100, "quota": QuotaOf.BYTES, "seconds": 86_400}
