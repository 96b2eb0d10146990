"""A bucket ends at or before what was promised, and not long before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister.errors import Expired
from cloister.keys.buckets import Bucket, bucket_of, settled, shortest

TIMES = st.integers(0, 1 << 40)
RETENTIONS = st.integers(1, 1 << 32)


@given(TIMES, RETENTIONS)
def test_it_ends_at_or_before_the_promise_and_after_the_beginning(accepted, retention):
    bucket = bucket_of(accepted, retention)
    assert accepted < bucket.ends <= accepted + retention
    assert accepted + retention - bucket.ends < bucket.width <= max(60, retention / 10)


@given(TIMES, st.lists(RETENTIONS, min_size=1))
def test_the_first_bucket_outlives_no_outcome(accepted, retentions):
    assert all(shortest(accepted, retentions).ends <= accepted + retention for retention in retentions)


@given(TIMES, st.lists(RETENTIONS, min_size=1), st.data())
def test_settling_never_passes_the_promise_and_never_shortens_for_nothing(accepted, retentions, data):
    final = data.draw(st.sampled_from(retentions))
    begun = shortest(accepted, retentions)
    bucket = settled(accepted, final, begun)
    assert begun.ends <= bucket.ends <= accepted + final


@given(TIMES, st.integers(1, 1 << 30), st.integers(1, 1 << 30))
def test_a_bucket_that_began_too_long_is_given_up(accepted, final, more):
    bucket = settled(accepted, final, bucket_of(accepted, final + more))
    assert bucket.ends <= accepted + final


@given(TIMES, RETENTIONS)
def test_content_of_one_moment_shares_a_bucket(accepted, retention):
    bucket = bucket_of(accepted, retention)
    start = bucket.ends - retention
    assert bucket_of(start, retention) == bucket == bucket_of(start + bucket.width - 1, retention)


def test_it_is_over_from_the_second_on_in_which_it_ends():
    Bucket(100, 10).require_open(99)
    for now in (100, 101):
        with pytest.raises(Expired):
            Bucket(100, 10).require_open(now)


def test_no_retention_has_no_bucket():
    with pytest.raises(Expired):
        bucket_of(100, 0)
