"""Surroundings that the tests share: what one leaves is there for the next."""

from __future__ import annotations

import pytest

from cloister.review.watch import World


@pytest.fixture(scope="session")
def world():
    with World() as made:
        yield made
