"""The key store keeps what it confirmed, and keeps nothing of what it destroyed."""

from __future__ import annotations

import multiprocessing
import os
import threading

import pytest

from cloister.errors import (
    KeyGone,
    KeysExist,
    KeysReadableByOthers,
    KeyStoreBusy,
    KeyStoreFailed,
    NoKeys,
    SealedDataDamaged,
)
from cloister.keys import slots
from cloister.keys.buckets import Bucket
from cloister.keys.slots import HEAD, MOST, SLOT, Record, Slots
from cloister.keys.store import NAME, KeyStore, Kind, Name
from cloister.model import Artefact
from tests.keys.setup import NOW, VAULT, folder, keyring


@pytest.fixture
def place(tmp_path):
    return folder(tmp_path)


@pytest.fixture
def ring(tmp_path):
    made = keyring(folder(tmp_path, "local"))
    yield made
    made.close()


@pytest.fixture
def tenant(ring):
    return ring.make_tenant("north")


@pytest.fixture
def store(place):
    made = KeyStore.make(place, VAULT)
    yield made
    made.close()


def document(number: int = 1) -> Name:
    return Name.document("prod", "north", f"doc-{number}", Artefact.SOURCE)


def bucket(ends: int) -> Name:
    return Name.bucket("prod", "north", Bucket(ends, 60))


def test_a_key_is_kept_and_found_by_another_process(place, store, tenant):
    store.add(document(), tenant)
    held = store.key(document(), tenant).open()
    assert KeyStore.open(place, VAULT).key(document(), tenant).open() == held
    with pytest.raises(KeysExist):
        store.add(document(), tenant)


def test_a_destroyed_key_is_gone_and_its_bytes_are_not_in_the_file(place, store, tenant):
    for number in range(3):
        store.add(document(number), tenant)
    record = store._slots.get(document(1).tag)
    assert record.held in (place / NAME).read_bytes()
    before = store.generation
    gone = store.destroy(document(1))
    assert gone.tags == (document(1).tag,)
    assert gone.generation == store.generation > before
    left = (place / NAME).read_bytes()
    assert all(record.held[at : at + 8] not in left for at in range(4, len(record.held) - 8))
    assert document(1).tag not in left
    for opened in (store, KeyStore.open(place, VAULT)):
        with pytest.raises(KeyGone):
            opened.key(document(1), tenant)
        with pytest.raises(KeyGone):
            opened.destroy(document(1))
    assert store.counts() == {Kind.DOCUMENT: 2, Kind.BUCKET: 0}


def test_a_sweep_destroys_the_buckets_that_ended_and_no_other(store, tenant):
    for ends in (NOW - 1, NOW, NOW + 1):
        store.add(bucket(ends), tenant)
    store.add(document(), tenant)
    assert set(store.sweep(NOW).tags) == {bucket(NOW - 1).tag, bucket(NOW).tag}
    assert store.sweep(NOW).tags == ()
    assert store.counts() == {Kind.DOCUMENT: 1, Kind.BUCKET: 1}


def test_several_are_destroyed_at_once_and_what_is_not_there_is_passed_over(store, tenant):
    for number in range(4):
        store.add(document(number), tenant)
    store.add(bucket(NOW), tenant)
    assert set(store.destroy_any([document(0), document(9)]).tags) == {document(0).tag}
    assert store.due(NOW) == ((bucket(NOW).tag, NOW),)
    assert store.due(NOW - 1) == ()
    assert set(store.destroy_but([document(1), document(9)]).tags) == {document(2).tag, document(3).tag}
    assert store.tags() == {document(1).tag, bucket(NOW).tag}


def test_rotation_wraps_every_key_of_the_tenant_anew_and_leaves_no_old_one(place, store, ring, tenant):
    south = ring.make_tenant("south")
    theirs = Name.document("prod", "south", "doc-1", Artefact.SOURCE)
    store.add(theirs, south)
    keys = {}
    for number in range(70):
        store.add(document(number), tenant)
        keys[number] = store.key(document(number), tenant).open()
    old = [record.held for record in store._slots.all() if record.tag != theirs.tag]
    tenant.rotate()
    assert store.rewrap(tenant) == 70
    left = (place / NAME).read_bytes()
    assert not any(held in left for held in old)
    assert {number: store.key(document(number), tenant).open() for number in range(70)} == keys
    assert store.key(theirs, south)


def test_rotation_brings_nothing_back_that_was_destroyed_meanwhile(store, tenant):
    store.add(document(1), tenant)
    store.add(document(2), tenant)
    wrap, unwrap = tenant.wrap, tenant.unwrap

    class Slow:
        tenant = "north"

        def unwrap(self, wrapped, bound):
            return unwrap(wrapped, bound)

        def wrap(self, key, bound):
            if store.counts()[Kind.DOCUMENT] == 2:
                store.destroy(document(1))
            return wrap(key, bound)

    store.rewrap(Slow())
    with pytest.raises(KeyGone):
        store.key(document(1), tenant)
    assert store.key(document(2), tenant)


def test_a_swapped_record_does_not_open(store, tenant):
    store.add(document(1), tenant)
    store.add(document(2), tenant)
    one, two = (store._slots.get(document(number).tag) for number in (1, 2))
    store._slots.replace([Record(two.kind, two.tag, two.owner, two.ends, one.held)])
    with pytest.raises(SealedDataDamaged):
        store.key(document(2), tenant)


def test_a_bucket_whose_end_was_moved_does_not_open(store, tenant):
    store.add(bucket(NOW), tenant)
    record = store._slots.get(bucket(NOW).tag)
    store._slots.replace([Record(record.kind, record.tag, record.owner, NOW + 9999, record.held)])
    with pytest.raises(SealedDataDamaged):
        store.key(bucket(NOW), tenant)


def test_another_tenants_key_opens_nothing_here(store, ring, tenant):
    store.add(document(), tenant)
    with pytest.raises(SealedDataDamaged):
        store.key(document(), ring.make_tenant("south"))


@pytest.mark.usefixtures("store")
def test_another_vault_and_what_is_no_store_are_refused(place):
    with pytest.raises(SealedDataDamaged):
        KeyStore.open(place, "vault-2")
    with pytest.raises(KeysExist):
        KeyStore.make(place, VAULT)
    (place / NAME).write_bytes(b"\0" * 8192)
    with pytest.raises(SealedDataDamaged):
        KeyStore.open(place, VAULT)
    (place / NAME).unlink()
    with pytest.raises(NoKeys):
        KeyStore.open(place, VAULT)


@pytest.mark.usefixtures("store")
def test_a_store_that_others_may_use_is_refused(place):
    (place / NAME).chmod(0o640)
    with pytest.raises(KeysReadableByOthers):
        KeyStore.open(place, VAULT)
    (place / NAME).chmod(0o600)
    place.chmod(0o710)
    with pytest.raises(KeysReadableByOthers):
        KeyStore.open(place, VAULT)


@pytest.mark.usefixtures("store")
def test_a_link_in_its_place_is_refused(place, tmp_path):
    (place / NAME).rename(tmp_path / "elsewhere")
    (place / NAME).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(KeysReadableByOthers):
        KeyStore.open(place, VAULT)


def records(count: int) -> list[Record]:
    return [Record(1, bytes([number]) * 32, b"o" * 32, 0, os.urandom(60)) for number in range(count)]


def test_a_torn_slot_is_overwritten_at_the_next_opening(place):
    made = Slots.make(place / NAME, VAULT)
    one, two = records(2)
    made.add(one)
    made.add(two)
    at = (place / NAME).read_bytes().index(two.tag) // SLOT * SLOT
    with (place / NAME).open("r+b") as file:
        file.seek(at + 200)
        file.write(b"torn")
    again = Slots(place / NAME, VAULT)
    assert again.repaired == 1
    assert two.held[:20] not in (place / NAME).read_bytes()
    assert again.get(one.tag).held == one.held
    with pytest.raises(KeyGone):
        made.get(two.tag)


@pytest.mark.parametrize("copy", [0, 2048])
def test_one_torn_copy_of_the_head_is_survived(place, copy):
    made = Slots.make(place / NAME, VAULT)
    for record in records(3):
        made.add(record)
    with (place / NAME).open("r+b") as file:
        file.seek(copy + 20)
        file.write(b"torn")
    again = Slots(place / NAME, VAULT)
    assert again.generation >= 3
    assert len(again.all()) == 3


def test_both_versions_after_a_crash_are_one_the_newer(place):
    made = Slots.make(place / NAME, VAULT)
    (record,) = records(1)
    made.add(record)
    newer = Record(1, record.tag, record.owner, 0, b"newer" * 10)
    with (place / NAME).open("r+b") as file:
        size = (place / NAME).stat().st_size
        free = next(at for at in range(HEAD, size, SLOT) if not any((place / NAME).read_bytes()[at : at + SLOT]))
        file.seek(free)
        file.write(slots._written(newer, 2))
    again = Slots(place / NAME, VAULT)
    assert again.get(record.tag).held == newer.held
    assert record.held not in (place / NAME).read_bytes()
    assert again.generation > 2


def test_a_record_that_does_not_fit_is_refused(place):
    made = Slots.make(place / NAME, VAULT)
    with pytest.raises(SealedDataDamaged):
        made.add(Record(1, b"t" * 32, b"o" * 32, 0, bytes(MOST + 1)))
    made.add(Record(1, b"t" * 32, b"o" * 32, 0, bytes(MOST)))


def test_a_lock_that_is_held_too_long_is_told(place, monkeypatch):
    made = Slots.make(place / NAME, VAULT)
    monkeypatch.setattr(slots, "_PATIENCE", 0.05)
    other = Slots(place / NAME, VAULT)
    with other._locked(), pytest.raises(KeyStoreBusy):
        made.all()


def test_after_a_failed_sync_nothing_is_confirmed_and_the_medium_is_read_again(place, monkeypatch):
    made = Slots.make(place / NAME, VAULT)
    one, two = records(2)
    made.add(one)

    def failing(_: int) -> None:
        raise OSError(5, "")

    with monkeypatch.context() as patch:
        patch.setattr(slots.os, "fsync", failing)
        with pytest.raises(KeyStoreFailed):
            made.add(two)
    assert made._generation is None
    assert made.get(one.tag).held == one.held
    made.destroy([one.tag])


def _adds(path, start, count):
    made = Slots(path, VAULT)
    for number in range(start, start + count):
        made.add(Record(1, number.to_bytes(32, "big"), b"o" * 32, 0, b"held"))


def test_processes_and_threads_may_write_at_once(place):
    Slots.make(place / NAME, VAULT).close()
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_adds, args=(place / NAME, 100 * number, 20)) for number in (1, 2)]
    shared = Slots(place / NAME, VAULT)
    add = lambda n: shared.add(Record(1, n.to_bytes(32, "big"), b"o" * 32, 0, b"held"))  # noqa: E731
    threads = [threading.Thread(target=lambda n=n: [add(n + at) for at in range(10)]) for n in (500, 600)]
    for each in [*processes, *threads]:
        each.start()
    for each in [*processes, *threads]:
        each.join()
    assert len(shared.all()) == 60
    assert shared.generation >= 60
