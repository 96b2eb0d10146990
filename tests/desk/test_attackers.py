"""The three attackers of docs/keys.md: who has our backup, who copied all after the end, who copied all before it.

Each knows the passphrase, keeps to no clock and asks no policy: what they have is put together in every way, and each
document counts that comes out whole.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import closing, contextmanager
from itertools import product
from pathlib import Path

import pytest

from cloister.desk import vault as vaults
from cloister.desk.backup import backup
from cloister.desk.delete import delete
from cloister.desk.opened import Desk
from cloister.desk.restore import restore
from cloister.desk.sealing import MOST, wrapped
from cloister.errors import CloisterError
from cloister.formats import whole
from cloister.keys import stream
from cloister.store import sqlite
from cloister.store.blobs import Blobs
from cloister.store.records import Records
from tests.desk.setup import CONTENT, PASSPORT, WORDS, Moving, desk, keep, make, secret

LONG_ENOUGH = 90 * 86_400 - 1


def broken_open(keys: Path, records: Path, blobs: Path) -> set[str]:
    """The documents whose text comes out of these records and blobs, with the keys of a vault that was copied."""
    found = set()
    with Desk(vaults.find(keys)) as opened, closing(Records(sqlite.opened(records))) as rows:
        opened.unlock(secret())
        documents = {row.id: row for row in rows.documents()}
        with closing(Blobs(blobs)) as held:
            for row in rows.artefacts():
                try:
                    record = wrapped(opened, documents[row.document], row)
                    with opened.envelope("default").unwrap(record, 0) as dek, held.open(row.blob) as file:
                        text = whole.unpack(stream.opened(file, dek, record.born, MOST).open()).text
                except CloisterError:
                    continue
                if text.startswith((WORDS, "P<UTO")):
                    found.add(row.document)
    return found


def everything(place: Path, name: str) -> Path:
    """What `cp -a` takes: vault, key store, and the passphrase is known."""
    shutil.copytree(place / "vault", place / name)
    return place / name


def with_documents(place: Path, clock: Moving, count: int) -> list[str]:
    make(place, clock)
    with desk(place, clock) as opened:
        return [
            keep(opened, f"{WORDS} {at}" if at % 2 else PASSPORT, content=CONTENT + at.to_bytes(2, "big"))
            for at in range(count)
        ]


@pytest.mark.parametrize("count", [12, pytest.param(1000, marks=pytest.mark.proof)])
def test_the_three_attackers(tmp_path, count):
    clock = Moving()
    ids = with_documents(tmp_path, clock, count)
    before = everything(tmp_path, "before")
    with desk(tmp_path, clock, locked=True) as opened:
        backup(opened, tmp_path / "backup.tar")
        for each in ids[: count // 2]:
            delete(opened, each)
    halfway = everything(tmp_path, "halfway")
    clock.passed(LONG_ENOUGH)
    with desk(tmp_path, clock, locked=True) as opened, opened.turn():
        pass  # the sweep that every command begins with
    after = everything(tmp_path, "after")
    unpacked = unpack(tmp_path / "backup.tar", tmp_path / "unpacked")
    sources = (before, halfway, after, unpacked)

    def most(keys: Path) -> int:
        """Of every mixture of records and blobs, however old, the one that gives the most."""
        return max(
            len(broken_open(keys, one / "records.db", other / "blobs"))
            for one, other in product(sources, sources)
            if one is other or {one, other} <= {before, unpacked}
        )

    # (a) has no keys at all; with the keys that are left, what our own `restore` gives.
    assert not list(unpacked.glob("keys*"))
    # (c), before the end: everything, and that is said.
    assert most(before) == count
    # (b), after deletion, and after the end of all.
    assert broken_open(halfway, before / "records.db", before / "blobs") == set(ids[count // 2 :])
    assert most(after) == 0
    # With nothing deleted from the attacker's own folder, our keys still open none of what has ended.
    restored = restore(tmp_path / "backup.tar", tmp_path / "again", tmp_path / "vault/keys", clock)
    assert (restored.documents, restored.readable) == (count, 0)


def unpack(archive: Path, folder: Path) -> Path:
    folder.mkdir(mode=0o700)
    subprocess.run(["tar", "-xf", archive, "-C", folder], check=True)
    (folder / "blobs").chmod(0o700)
    return folder


@contextmanager
def disk(place: Path):
    """A small disk in a file, with ext4 on it."""
    image, mounted = place / "disk.img", place / "mounted"
    mounted.mkdir()
    with image.open("wb") as file:
        os.truncate(file.fileno(), 96 << 20)
    subprocess.run(["mkfs.ext4", "-q", "-F", image], check=True)
    subprocess.run(["mount", "-o", "loop", image, mounted], check=True)
    try:
        yield image, mounted
    finally:
        if os.path.ismount(mounted):
            subprocess.run(["umount", mounted], check=True)


if os.geteuid() == 0:  # nobody else mounts a disk

    @pytest.mark.proof
    @pytest.mark.asroot
    def test_no_key_of_what_has_ended_is_on_a_raw_disk(tmp_path):
        clock, count = Moving(), 100
        with disk(tmp_path) as (image, mounted):
            place = mounted / "place"
            ids = with_documents(place, clock, count)
            with desk(place, clock) as opened:
                keys = [bytes(record.held) for record in opened.keys._slots.all()]
                rows = opened.records.artefacts()
                names = [row.blob for row in rows]
                sealed = [(place / "vault/blobs" / name).read_bytes()[-64:] for name in names]
            subprocess.run(["sync", "-f", mounted], check=True)
            raw = image.read_bytes()
            assert sum(key in raw for key in keys) == len(keys)  # the search finds what is there
            with desk(place, clock) as opened:
                for each in ids:
                    delete(opened, each)
            clock.passed(LONG_ENOUGH)
            with desk(place, clock, locked=True) as opened, opened.turn():
                pass
            subprocess.run(["umount", mounted], check=True)
            raw = image.read_bytes()
        left = {
            "keys of documents and buckets": (sum(key in raw for key in keys), len(keys)),
            "wrapped keys of the records": (sum(bytes(row.wrapped) in raw for row in rows), len(rows)),
            "sealed content, without a key": (sum(end in raw for end in sealed), len(sealed)),
        }
        print({what: f"{found} of {of}" for what, (found, of) in left.items()})
        assert left["keys of documents and buckets"][0] == 0
