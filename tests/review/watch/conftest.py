"""Surroundings that the tests share: what one leaves is there for the next."""

from __future__ import annotations

import pytest

from cloister.review.watch import World
from cloister.review.watch import world as module


@pytest.fixture(scope="session", autouse=True)
def _short_grace():
    """Do not wait a whole second for what stays."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "GRACE", 0.4)
        yield


@pytest.fixture(scope="session")
def world(_short_grace):
    with World() as made:
        yield made
