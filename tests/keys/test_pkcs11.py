"""Keys in a token of SoftHSM pass the contract, never leave it, and are dead after they are destroyed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cloister.errors import KeyGone, KeyProviderUnreachable, KeyRefused, KeysExist, NoKeys
from cloister.keys.providers.pkcs11 import Token
from tests.keys import softhsm
from tests.keys.contract import BOUND, ProviderContract
from tests.keys.setup import NOW, secret
from tests.keys.softhsm import MODULE, PIN, looked


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    made = tmp_path_factory.mktemp("softhsm")
    os.environ["SOFTHSM2_CONF"] = str(softhsm.made(made))  # the library reads it once
    return made


@pytest.fixture(scope="module")
def token(place):  # noqa: ARG001 - the settings that it wrote are read at the first call
    made = Token(MODULE, "cloister", secret(PIN))
    yield made
    made.close()


class TestPkcs11(ProviderContract):
    count = 0

    @pytest.fixture
    def key(self, token):
        TestPkcs11.count += 1
        return token.make(f"north-{self.count}")

    @pytest.fixture
    def other(self, token):
        TestPkcs11.count += 1
        return token.make(f"south-{self.count}")

    def test_another_program_sees_a_key_that_cannot_leave_and_then_none(self, key):
        wrapped = key.wrap(b"k" * 32, BOUND)
        label = f"cloister/{key.tenant}"
        seen = looked("--list-objects", "--type", "secrkey")
        (mine,) = (part for part in seen.split("Secret Key Object") if label in part)
        assert "never extractable" in mine
        assert "sensitive" in mine
        key.destroy(NOW)
        assert label not in looked("--list-objects", "--type", "secrkey")
        with pytest.raises(KeyGone):
            key.unwrap(wrapped, BOUND)

    def test_nothing_is_made_twice_or_unasked(self, token, key):
        with pytest.raises(KeysExist):
            token.make(key.tenant)
        with pytest.raises(NoKeys):
            token.tenant("nobody")
        assert token.tenant(key.tenant).tenant == key.tenant

    @pytest.mark.usefixtures("token")
    def test_a_wrong_pin_is_refused(self):
        with pytest.raises(KeyRefused):
            Token(MODULE, "cloister", secret("another pin"))

    @pytest.mark.usefixtures("token")
    @pytest.mark.parametrize(("module", "name"), [(MODULE, "no token"), (Path("/nowhere/module.so"), "cloister")])
    def test_no_token_is_told_as_unreachable(self, module, name):
        with pytest.raises(KeyProviderUnreachable):
            Token(module, name, secret(PIN))
