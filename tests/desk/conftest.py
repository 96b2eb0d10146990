"""A clock that a test moves, and a folder with a new vault in it."""

from __future__ import annotations

import pytest

from tests.desk.setup import Moving, make


@pytest.fixture
def clock():
    return Moving()


@pytest.fixture
def place(tmp_path, clock):
    make(tmp_path, clock)
    return tmp_path
