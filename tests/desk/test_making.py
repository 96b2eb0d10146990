"""A vault is made by one act, whole or not at all, and is found only where it is private."""

from __future__ import annotations

import os
import shutil

import pytest

from cloister.desk import vault as vaults
from cloister.errors import (
    BadPolicy,
    CloisterError,
    KeysExist,
    KeysReadableByOthers,
    LogReadableByOthers,
    NotFound,
    NoVault,
    PassphraseTooShort,
    RecordsDamaged,
    VaultExists,
    VaultReadableByOthers,
    WrongPassphrase,
)
from cloister.keys.secret import Secret
from tests.desk.setup import CHEAP, POLICY, WORDS, desk, keep, make, secret, text_of


def test_all_of_it_is_its_owners_alone(tmp_path, clock):
    make(tmp_path, clock)
    for path in [tmp_path / "vault", *(tmp_path / "vault").rglob("*")]:
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path
    assert [path.name for path in tmp_path.iterdir()] == ["vault"]


def test_keys_can_lie_elsewhere_and_without_them_nothing_opens(tmp_path, clock):
    make(tmp_path, clock, keys=tmp_path / "stick")
    assert {path.name for path in (tmp_path / "stick").iterdir()} == {"local.keys", "store.keys", "log.pem"}
    assert not (tmp_path / "vault/keys").exists()
    with desk(tmp_path, clock) as opened:
        identity = keep(opened)
        assert text_of(opened, identity) == WORDS
    (tmp_path / "stick").rename(tmp_path / "away")
    with pytest.raises(NoVault.__base__), desk(tmp_path, clock):
        pass


def test_an_empty_private_folder_becomes_one(tmp_path, clock):
    (tmp_path / "vault").mkdir(mode=0o700)
    make(tmp_path, clock)
    with desk(tmp_path, clock) as opened:
        assert text_of(opened, keep(opened)) == WORDS


def test_nothing_is_made_over_something_nor_where_others_can_look(tmp_path, clock):
    (tmp_path / "vault").mkdir(mode=0o755)
    with pytest.raises(VaultReadableByOthers):
        make(tmp_path, clock)
    (tmp_path / "vault").chmod(0o700)
    (tmp_path / "vault/note").write_text("mine")
    with pytest.raises(VaultExists):
        make(tmp_path, clock)
    assert (tmp_path / "vault/note").read_text() == "mine"
    with pytest.raises(NotFound):
        make(tmp_path / "a", clock, keys=tmp_path / "no/such/keys")
    (tmp_path / "stick").mkdir(mode=0o700)
    (tmp_path / "stick/store.keys").write_text("others")
    with pytest.raises(KeysExist):
        make(tmp_path / "b", clock, keys=tmp_path / "stick")


def test_a_folder_that_others_can_replace_is_refused(tmp_path, clock):
    tmp_path.chmod(0o777)
    with pytest.raises(VaultReadableByOthers):
        make(tmp_path, clock)
    assert list(tmp_path.iterdir()) == []
    tmp_path.chmod(0o1777)
    make(tmp_path, clock)
    tmp_path.chmod(0o777)
    with pytest.raises(VaultReadableByOthers):
        vaults.find(tmp_path / "vault")


@pytest.mark.parametrize(
    ("part", "mode", "refusal"),
    [
        ("", 0o750, VaultReadableByOthers),
        ("blobs", 0o755, VaultReadableByOthers),
        ("records.db", 0o644, VaultReadableByOthers),
        ("log", 0o755, LogReadableByOthers),
        ("keys", 0o710, KeysReadableByOthers),
        ("keys/store.keys", 0o640, KeysReadableByOthers),
        ("keys/local.keys", 0o604, KeysReadableByOthers),
        ("keys/log.pem", 0o644, KeysReadableByOthers),
    ],
)
def test_a_part_that_others_may_read_is_refused(tmp_path, clock, part, mode, refusal):
    make(tmp_path, clock)
    (tmp_path / "vault" / part).chmod(mode)
    with pytest.raises(refusal), desk(tmp_path, clock) as opened:
        keep(opened)


@pytest.mark.parametrize("part", ["vault.json", "records.db", "blobs", "log", "keys"])
def test_a_part_that_is_not_there_is_told_and_never_made_anew(tmp_path, clock, part):
    make(tmp_path, clock)
    path = tmp_path / "vault" / part
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    with pytest.raises((NoVault, NotFound, NoVault.__base__)), desk(tmp_path, clock) as opened:
        keep(opened)
    assert not path.exists()


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"schema": "cloister-vault/1", "vault": "per-1", "keys": 7}', "\0"])
def test_a_vault_that_does_not_say_which_it_is_is_refused(tmp_path, clock, text):
    make(tmp_path, clock)
    (tmp_path / "vault/vault.json").write_text(text)
    with pytest.raises(RecordsDamaged):
        vaults.find(tmp_path / "vault")


def test_another_passphrase_opens_nothing(tmp_path, clock):
    make(tmp_path, clock)
    with desk(tmp_path, clock, locked=True) as opened, pytest.raises(WrongPassphrase):
        opened.unlock(Secret(bytearray(b"six other words for a test")))


@pytest.mark.parametrize("wrong", ["policy", "passphrase"])
def test_what_cannot_be_made_leaves_nothing(tmp_path, clock, wrong):
    policy = "schema = 1" if wrong == "policy" else POLICY
    given = Secret(bytearray(b"short")) if wrong == "passphrase" else secret()
    with pytest.raises((BadPolicy, PassphraseTooShort)):
        vaults.make(tmp_path / "vault", tmp_path / "stick", policy, given, CHEAP, clock)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("call", ["fsync", "rename", "link", "mkdir", "ftruncate"])
def test_whatever_fails_while_it_is_made_leaves_no_vault(tmp_path, clock, monkeypatch, call):
    """Let each such call fail in turn: either nothing is there, or all of it is."""
    real, calls = getattr(os, call), [0]
    for at in range(1, 60):
        place = tmp_path / str(at)
        place.mkdir()
        calls[0] = 0

        def failing(*given, at=at, **named):
            calls[0] += 1
            if calls[0] == at:
                raise OSError(28, "")
            return real(*given, **named)

        with monkeypatch.context() as patched:
            patched.setattr(os, call, failing)
            try:
                make(place, clock)
                done = True
            except CloisterError:
                done = False
        if calls[0] < at:
            assert done
            return
        if (place / "vault/vault.json").exists():
            with desk(place, clock) as opened:
                assert text_of(opened, keep(opened)) == WORDS
        else:
            make(place, clock)
    raise AssertionError("there is no end to it")
