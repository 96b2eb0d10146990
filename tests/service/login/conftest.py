"""The provider that tests of this folder share, and one that lies."""

from __future__ import annotations

import pytest

from tests.service.login.liar import Liar
from tests.service.login.real import Real


@pytest.fixture(scope="session")
def real():
    """A real provider."""
    made = Real()
    yield made
    made.stop()


@pytest.fixture
def liar():
    """A provider that says what a test tells it."""
    made = Liar()
    yield made
    made.stop()
