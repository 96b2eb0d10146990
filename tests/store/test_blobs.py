"""Blobs are there whole or not at all, private, and under names that say nothing."""

from __future__ import annotations

import errno
import os

import pytest

from cloister.errors import FileAccess, NoVault, VaultReadableByOthers
from cloister.store import blobs as module
from cloister.store.blobs import Blobs, make
from tests.store.blobs import BlobsContract, put


@pytest.fixture
def folder(tmp_path):
    make(tmp_path / "blobs")
    return tmp_path / "blobs"


@pytest.fixture
def blobs(folder):
    made = Blobs(folder)
    yield made
    made.close()


class TestBlobs(BlobsContract):
    """All of the contract."""


def test_what_was_kept_is_read_and_is_its_owners_alone(blobs, folder):
    name = put(blobs)
    with blobs.open(name) as file:
        assert file.read() == b"sealed"
    assert blobs.names() == {name}
    assert (folder / name).stat().st_mode & 0o777 == 0o600
    blobs.delete(name, name)
    assert list(folder.iterdir()) == []


def test_what_was_not_kept_leaves_nothing(blobs, folder):
    with blobs.incoming() as incoming:
        incoming.file.write(b"half")
        assert list(folder.iterdir())
    assert list(folder.iterdir()) == []


def test_orphans_go_and_what_is_not_ours_stays(blobs, folder):
    kept, orphan = put(blobs), put(blobs)
    (folder / ("incoming-" + "a" * 32)).write_bytes(b"half")
    (folder / "lost+found").mkdir()
    assert blobs.delete_but(frozenset({kept})) == 2
    assert {entry.name for entry in folder.iterdir()} == {kept, "lost+found"}
    assert orphan not in blobs.names()


def test_a_link_is_not_followed(blobs, folder, tmp_path):
    (tmp_path / "elsewhere").write_bytes(b"content")
    (folder / ("b" * 32)).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileAccess):
        blobs.open("b" * 32)


def test_a_folder_that_others_may_enter_is_refused(folder, tmp_path):
    folder.chmod(0o750)
    with pytest.raises(VaultReadableByOthers):
        Blobs(folder)
    with pytest.raises(NoVault):
        Blobs(tmp_path / "nowhere")


@pytest.mark.parametrize("call", ["fsync", "rename"])
def test_what_fails_is_not_kept(blobs, folder, monkeypatch, call):
    def failing(*_, **__):
        raise OSError(errno.EIO, "")

    monkeypatch.setattr(module.os, call, failing)
    with pytest.raises(FileAccess), blobs.incoming() as incoming:
        incoming.keep()
    monkeypatch.undo()
    assert list(folder.iterdir()) == []


def test_it_is_on_the_medium_before_it_has_its_name_and_its_name_lasts(blobs, monkeypatch):
    said = []
    for call in ("fsync", "rename"):
        real = getattr(os, call)
        monkeypatch.setattr(module.os, call, lambda *a, real=real, call=call, **k: (said.append(call), real(*a, **k)))
    put(blobs)
    assert said == ["fsync", "rename", "fsync"]
