"""Local keys pass the contract, and open for their passphrase or key file only."""

from __future__ import annotations

import os

import pytest

from cloister.errors import (
    KeyGone,
    KeysExist,
    KeysReadableByOthers,
    NoKeys,
    PassphraseTooShort,
    SealedDataDamaged,
    WrongPassphrase,
)
from cloister.keys import passphrase
from cloister.keys.providers.local import NAME, Keyring
from cloister.keys.secret import Secret
from tests.keys.contract import BOUND, ProviderContract
from tests.keys.setup import CHEAP, NOW, VAULT, folder, keyring, secret


class TestLocal(ProviderContract):
    @pytest.fixture
    def place(self, tmp_path):
        return folder(tmp_path)

    @pytest.fixture
    def ring(self, place):
        made = keyring(place)
        yield made
        made.close()

    @pytest.fixture
    def key(self, ring):
        return ring.make_tenant("north")

    @pytest.fixture
    def other(self, ring):
        return ring.make_tenant("south")

    def test_it_opens_again_with_the_passphrase_only(self, place, key):
        wrapped = key.wrap(b"k" * 32, BOUND)
        assert Keyring.open(place, VAULT, secret()).tenant("north").unwrap(wrapped, BOUND).open() == b"k" * 32
        with pytest.raises(WrongPassphrase):
            Keyring.open(place, VAULT, secret("another passphrase"))

    def test_a_changed_passphrase_replaces_the_old_one(self, place, ring, key):
        wrapped = key.wrap(b"k" * 32, BOUND)
        ring.change(secret("another passphrase"), CHEAP)
        assert Keyring.open(place, VAULT, secret("another passphrase")).tenant("north").unwrap(wrapped, BOUND)
        with pytest.raises(WrongPassphrase):
            Keyring.open(place, VAULT, secret())

    def test_a_disabled_key_can_be_enabled(self, key):
        wrapped = key.wrap(b"k" * 32, BOUND)
        key.disable(NOW)
        key.enable()
        assert key.unwrap(wrapped, BOUND).open() == b"k" * 32

    def test_a_destroyed_key_is_not_in_the_file_any_more(self, place, ring, key):
        wrapped = key.wrap(b"k" * 32, BOUND)
        (record,) = ring.versions("north")
        assert record.held in (place / NAME).read_bytes()
        key.destroy(NOW)
        left = (place / NAME).read_bytes()
        assert all(record.held[at : at + 8] not in left for at in range(5, len(record.held) - 8))
        with pytest.raises(KeyGone):
            Keyring.open(place, VAULT, secret()).version("north", 1)
        assert len(wrapped)

    def test_the_older_version_of_a_root_key_is_overwritten(self, place, ring):
        before = (place / NAME).read_bytes()
        ring.change(secret("another passphrase"), CHEAP)
        after = (place / NAME).read_bytes()
        assert before[4096:][: 64 * 512].strip(b"\0")[88:200] not in after

    def test_a_key_file_opens_it(self, tmp_path):
        place, key = folder(tmp_path, "other"), Secret.new()
        Keyring.make(place, VAULT, key, None).make_tenant("north")
        assert Keyring.open(place, VAULT, key).tenant("north")
        with pytest.raises(WrongPassphrase):
            Keyring.open(place, VAULT, Secret.new())
        with pytest.raises(WrongPassphrase):
            Keyring.open(place, VAULT, secret())

    @pytest.mark.usefixtures("key")
    def test_nothing_is_made_twice_or_unasked(self, place, ring):
        with pytest.raises(KeysExist):
            keyring(place)
        with pytest.raises(KeysExist):
            ring.make_tenant("north")
        with pytest.raises(NoKeys):
            ring.tenant("east")

    @pytest.mark.usefixtures("ring")
    def test_another_vaults_file_is_refused(self, place):
        with pytest.raises(SealedDataDamaged):
            Keyring.open(place, "vault-2", secret())

    def test_a_short_passphrase_is_refused(self, tmp_path):
        with pytest.raises(PassphraseTooShort):
            Keyring.make(folder(tmp_path, "short"), VAULT, secret("short"), CHEAP)

    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
    @pytest.mark.usefixtures("ring")
    def test_a_file_that_others_may_use_is_refused(self, place, mode):
        (place / NAME).chmod(mode)
        with pytest.raises(KeysReadableByOthers):
            Keyring.open(place, VAULT, secret())

    @pytest.mark.usefixtures("ring")
    def test_a_folder_that_others_may_enter_is_refused(self, place):
        place.chmod(0o750)
        with pytest.raises(KeysReadableByOthers):
            Keyring.open(place, VAULT, secret())

    @pytest.mark.usefixtures("ring")
    def test_what_is_made_is_private(self, place):
        assert (place / NAME).stat().st_mode & 0o777 == 0o600


def test_a_passphrase_comes_from_a_file_or_a_descriptor_without_its_line_end(tmp_path):
    path = tmp_path / "passphrase"
    path.write_bytes(b"six random words\r\n")
    path.chmod(0o600)
    assert passphrase.from_file(path).open() == b"six random words"
    path.chmod(0o644)
    with pytest.raises(KeysReadableByOthers):
        passphrase.from_file(path)
    reader, writer = os.pipe()
    os.write(writer, b"six random words\n")
    os.close(writer)
    assert passphrase.from_descriptor(reader).open() == b"six random words"
    with pytest.raises(OSError, match="Bad file"):
        os.fstat(reader)


def test_a_secret_is_wiped_and_does_not_show():
    with Secret.new() as held:
        assert any(held.open())
        assert repr(held) == str(held) == "<Secret>"
    assert not any(held.open())
