"""A wrapped key opens for what it belongs to, while all three of its layers live."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from cloister.errors import CloisterError, Expired, KeyGone, KeysExist, LevelLowered, NoKeys
from cloister.keys.buckets import Bucket
from cloister.keys.context import Context, encoded
from cloister.keys.envelope import Envelope, WrappedKey
from cloister.keys.lookups import lookup
from cloister.keys.secret import Secret
from cloister.keys.store import KeyStore, Name
from cloister.keys.stream import new_dek, opened, seal
from cloister.model import Sensitivity
from tests.keys.setup import CONTEXT, NOW, OTHERS, VAULT, folder, keyring

DOCUMENT = Name.document("prod", "north", "doc-1", CONTEXT.artefact)
RAISED = replace(CONTEXT, level=Sensitivity.HIGH, policy="ef" * 32, bucket=Bucket(NOW + 300, 60))


@pytest.fixture
def ring(tmp_path):
    made = keyring(folder(tmp_path, "local"))
    yield made
    made.close()


@pytest.fixture
def envelope(tmp_path, ring):
    store = KeyStore.make(folder(tmp_path), VAULT)
    yield Envelope(store, ring.make_tenant("north"))
    store.close()


@pytest.fixture
def dek():
    return new_dek()


@pytest.fixture
def record(envelope, dek):
    envelope.begin(CONTEXT)
    return envelope.wrap(dek, CONTEXT, NOW)


def test_it_opens_for_what_it_belongs_to_and_holds_no_key(envelope, record, dek):
    assert envelope.unwrap(record, NOW).open() == dek.open()
    assert bytes(dek.open())[-40:] not in record.wrapped


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("part", ["born", "bound", "both"])
def test_another_value_of_any_field_is_refused(envelope, record, name, part):
    parts = ["born", "bound"] if part == "both" else [part]
    changed = replace(record, **{each: replace(CONTEXT, **{name: OTHERS[name]}) for each in parts})
    with pytest.raises(CloisterError):
        envelope.unwrap(changed, NOW)


def test_another_artefacts_wrapped_key_does_not_open_in_its_place(envelope, record):
    text = replace(CONTEXT, artefact=OTHERS["artefact"])
    envelope.begin(text)
    other = envelope.wrap(new_dek(), text, NOW)
    with pytest.raises(CloisterError):
        envelope.unwrap(replace(record, wrapped=other.wrapped), NOW)


def test_every_changed_byte_is_refused(envelope, record):
    for place in range(len(record.wrapped)):
        changed = bytearray(record.wrapped)
        changed[place] ^= 0x01
        with pytest.raises(CloisterError):
            envelope.unwrap(replace(record, wrapped=bytes(changed)), NOW)


def test_it_is_refused_from_its_end_on_with_no_sweep(envelope, record):
    assert envelope.unwrap(record, CONTEXT.bucket.ends - 1)
    for act in (lambda now: envelope.unwrap(record, now), lambda now: envelope.rewrap(record, RAISED, now)):
        with pytest.raises(Expired):
            act(CONTEXT.bucket.ends)


@pytest.mark.parametrize(
    "end",
    [
        lambda envelope: envelope.store.destroy(DOCUMENT),
        lambda envelope: envelope.store.sweep(CONTEXT.bucket.ends),
        lambda envelope: envelope.tenant.destroy(NOW),
    ],
    ids=["document", "bucket", "tenant"],
)
def test_any_layer_that_ends_ends_it(envelope, record, end):
    end(envelope)
    with pytest.raises(KeyGone):
        envelope.unwrap(record, NOW)


def test_a_deleted_document_is_not_revived_by_a_re_wrap(envelope, record):
    envelope.store.destroy(DOCUMENT)
    with pytest.raises(KeyGone):
        envelope.rewrap(record, RAISED, NOW)


@pytest.mark.usefixtures("record")
def test_what_was_shredded_gets_no_new_key(envelope):
    envelope.store.destroy(DOCUMENT)
    with pytest.raises(KeyGone):
        envelope.wrap(new_dek(), CONTEXT, NOW)


def test_the_artefacts_of_a_document_end_one_by_one(envelope, record):
    text = replace(CONTEXT, artefact=OTHERS["artefact"])
    with pytest.raises(KeyGone):
        envelope.wrap(new_dek(), text, NOW)  # none that was not begun
    envelope.begin(text)
    other = new_dek()
    kept = envelope.wrap(other, text, NOW)
    envelope.store.destroy(DOCUMENT)
    assert envelope.unwrap(kept, NOW).open() == other.open()
    with pytest.raises(KeyGone):
        envelope.unwrap(record, NOW)


def test_a_document_begins_once(envelope):
    envelope.begin(CONTEXT)
    with pytest.raises(KeysExist):
        envelope.begin(CONTEXT)


def test_a_raised_level_is_wrapped_anew_and_the_content_still_opens(envelope, record, dek):
    sink = io.BytesIO()
    seal(io.BytesIO(b"content"), sink, dek, record.born)
    raised = envelope.rewrap(record, RAISED, NOW)
    assert (raised.born, raised.bound) == (CONTEXT, RAISED)
    key = envelope.unwrap(raised, NOW)
    assert opened(io.BytesIO(sink.getvalue()), key, raised.born, 100).open() == b"content"
    with pytest.raises(Expired):
        envelope.unwrap(raised, RAISED.bucket.ends)
    with pytest.raises(CloisterError):
        envelope.unwrap(WrappedKey(CONTEXT, CONTEXT, raised.wrapped), NOW)


def test_begun_in_the_shortest_bucket_an_older_record_is_dead_with_the_new_expiry(envelope, dek):
    begun = replace(CONTEXT, bucket=RAISED.bucket)
    envelope.begin(begun)
    before = envelope.wrap(dek, begun, NOW)
    envelope.rewrap(before, replace(RAISED, level=Sensitivity.HIGH), NOW)
    envelope.store.sweep(RAISED.bucket.ends)
    with pytest.raises(KeyGone):
        envelope.unwrap(before, NOW)  # even with a clock that stands still


@pytest.mark.parametrize("name", ["vault", "environment", "tenant", "project", "document", "artefact"])
def test_a_re_wrap_gives_a_key_to_nobody_else(envelope, record, name):
    with pytest.raises(LevelLowered):
        envelope.rewrap(record, replace(CONTEXT, **{name: OTHERS[name]}), NOW)


def test_a_level_never_falls(envelope, record):
    raised = envelope.rewrap(record, RAISED, NOW)
    with pytest.raises(LevelLowered):
        envelope.rewrap(raised, CONTEXT, NOW)


def test_after_rotation_old_records_open_and_new_ones_use_the_new_key(envelope, record, dek):
    envelope.tenant.rotate()
    assert envelope.store.rewrap(envelope.tenant) == 2
    assert envelope.unwrap(record, NOW).open() == dek.open()
    again = envelope.rewrap(record, record.bound, NOW)
    assert again.wrapped[:4] == b"\0\0\0\x02" != record.wrapped[:4]
    assert envelope.unwrap(again, NOW).open() == dek.open()


def test_another_tenants_envelope_refuses(envelope, ring, record):
    south = Envelope(envelope.store, ring.make_tenant("south"))
    with pytest.raises(NoKeys):
        south.unwrap(record, NOW)
    with pytest.raises(NoKeys):
        south.wrap(new_dek(), CONTEXT, NOW)


def test_lists_of_parts_have_one_spelling():
    lists = [(), ("",), ("", ""), ("a", "b"), ("ab",), ("ab", ""), ("", "ab"), ("a\0b",), ("a", "b", "")]
    assert len({encoded(*parts) for parts in lists}) == len(lists)


def test_every_field_and_layer_is_in_the_associated_data():
    from cloister.keys.context import Layer

    spelt = {replace(CONTEXT, **{name: value}).spelt() for name, value in OTHERS.items()} | {CONTEXT.spelt()}
    assert len(spelt) == len(OTHERS) + 1
    assert set(OTHERS) == set(Context.__dataclass_fields__)
    assert len({CONTEXT.bound(layer) for layer in Layer}) == len(Layer)


def test_a_look_up_finds_the_same_again_and_nothing_else():
    with Secret.new() as one, Secret.new() as two:
        found = lookup(one, "north/submit", b"key-1")
        assert found == lookup(one, "north/submit", b"key-1")
        others = [
            lookup(two, "north/submit", b"key-1"),
            lookup(one, "south/submit", b"key-1"),
            lookup(one, "north/submit", b"key-2"),
        ]
        assert len({found, *others}) == 4
        assert len(found) == 32
