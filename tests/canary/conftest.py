"""One warm scanner for all tests, and the tokens that it looks for."""

from __future__ import annotations

import pytest

from cloister.canary import Scanner, Tokens

SURFACES = ("pixels", "hidden_text", "xmp", "file_name")


@pytest.fixture(scope="session")
def made():
    return Tokens(b"a key for tests, and nothing else")


@pytest.fixture(scope="session")
def tokens(made):
    return {surface: made.token(surface, "case-1") for surface in SURFACES}


@pytest.fixture(scope="session")
def decoy(made):
    return made.decoy("case-1")


@pytest.fixture(scope="session")
def scanner(tokens, decoy):
    with Scanner(tokens, decoys=[decoy]) as started:
        yield started


@pytest.fixture
def seen(scanner):
    """Search bytes; gives which of the tokens were found, in which forms, and what is unexplained."""
    from cloister.model import Plain

    def search(data: bytes):
        scanned = scanner.scan([("item", Plain(data))])
        assert not scanned.decoy_hits
        assert scanned.scanned == len(data)
        forms = {}
        for hit in scanned.hits:
            forms.setdefault(hit.label, set()).add(hit.form)
        return forms, [why for _, why in scanned.unexplained]

    return search
