"""A token opens one thing to whoever has it, and nothing that is kept gives it away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister.access.tokens import Use, kept, made
from cloister.errors import TokenRefused

KEY = bytes(range(32))
TOKEN = made(Use.UPLOAD).open().decode()


def test_a_token_is_found_again_by_what_is_kept_of_it():
    assert kept(Use.UPLOAD, TOKEN, KEY) == kept(Use.UPLOAD, TOKEN, KEY)
    assert len(kept(Use.UPLOAD, TOKEN, KEY)) == 32
    assert len(TOKEN) == 55
    assert TOKEN.startswith("clu_")


def test_every_token_is_another():
    assert len({made(Use.SESSION).open() for _ in range(1000)}) == 1000


def test_what_is_kept_holds_nothing_of_the_token_and_depends_on_the_key():
    digest = kept(Use.UPLOAD, TOKEN, KEY)
    assert TOKEN[4:12].encode() not in digest
    assert kept(Use.UPLOAD, TOKEN, bytes(32)) != digest
    with pytest.raises(ValueError, match="guessed"):
        kept(Use.UPLOAD, TOKEN, bytes(31))


def test_a_token_cannot_be_printed_by_accident():
    assert TOKEN[4:12] not in repr(made(Use.UPLOAD)) + str(made(Use.UPLOAD))


@pytest.mark.parametrize("use", list(Use))
def test_a_token_of_one_use_is_none_of_another(use):
    token = made(use).open().decode()
    assert kept(use, token, KEY)
    for other in set(Use) - {use}:
        with pytest.raises(TokenRefused) as refused:
            kept(other, token, KEY)
        assert token[4:12] not in str(refused.value)


def test_every_changed_character_is_refused():
    for at in range(len(TOKEN)):
        changed = TOKEN[:at] + ("a" if TOKEN[at] != "a" else "b") + TOKEN[at + 1 :]
        with pytest.raises(TokenRefused):
            kept(Use.UPLOAD, changed, KEY)


@given(st.text(max_size=80))
def test_anything_else_is_refused(text):
    with pytest.raises(TokenRefused):
        kept(Use.UPLOAD, text, KEY)


@pytest.mark.parametrize(
    "token", ["", TOKEN + "\n", " " + TOKEN, TOKEN.upper(), TOKEN + TOKEN, TOKEN.replace("clu_", "\uff43lu_")]
)
def test_a_token_has_one_way_to_be_written(token):
    with pytest.raises(TokenRefused):
        kept(Use.UPLOAD, token, KEY)
