"""Whoever can change the records or the blobs opens nothing with it: each change is refused, typed, and logged."""

from __future__ import annotations

import shutil
import sqlite3

import pytest

from cloister.audit.held import read as read_log
from cloister.desk.fetch import fetch
from cloister.desk.reading import read_kept
from cloister.desk.submit import submit
from cloister.errors import CloisterError, DoesNotVerify, KeyGone, NoKeys, Refused
from cloister.events import Act
from cloister.model import Artefact, Plain
from tests.desk.setup import CONTENT, PASSPORT, WORDS, Given, Moving, desk, keep, make, text_of


@pytest.fixture(scope="module")
def clock():
    return Moving()


@pytest.fixture(scope="module")
def made(tmp_path_factory, clock):
    """A vault with two documents: one of level low, one that was raised to high."""
    place = tmp_path_factory.mktemp("made")
    make(place, clock)
    with desk(place, clock) as opened:
        return place, (keep(opened), keep(opened, PASSPORT, content=CONTENT + b"1"))


@pytest.fixture
def place(made, tmp_path):
    shutil.copytree(made[0] / "vault", tmp_path / "vault")
    return tmp_path


@pytest.fixture
def vault(place, clock):
    with desk(place, clock) as opened:
        yield opened


@pytest.fixture
def pair(made):
    return made[1]


def change(place, statement: str, *values: object) -> None:
    """What somebody with the database does to it, who heeds no key of ours."""
    with sqlite3.connect(place / "vault/records.db") as database:
        database.execute("pragma foreign_keys=0")
        database.execute(statement, values)


def refused(place, vault, identity: str) -> CloisterError:
    """What fetching comes to; and that it was logged where it is no matter of time."""
    before = sum(event.act is Act.TAMPERING_FOUND for event in read_log(place / "vault/log").events())
    with pytest.raises((DoesNotVerify, Refused, NoKeys)) as refusal:
        fetch(vault, identity)
    after = sum(event.act is Act.TAMPERING_FOUND for event in read_log(place / "vault/log").events())
    assert after == before + 1 or isinstance(refusal.value, KeyGone)
    return refusal.value


VALUES = {
    "level": "low",
    "born_level": "low",
    "policy": "00" * 32,
    "born_policy": "00" * 32,
    "ends": 1_790_086_400,
    "born_ends": 1_790_086_400,
    "width": 8_640,
    "born_width": 1,
    "wrapped": b"\0" * 100,
    "artefact": "source",
}


@pytest.mark.parametrize("column", VALUES)
def test_a_changed_artefact_opens_nothing(place, vault, pair, column):
    change(place, f"update artefacts set {column} = ? where document = ?", VALUES[column], pair[1])
    refused(place, vault, pair[1])
    assert text_of(vault, pair[0]) == WORDS


@pytest.mark.parametrize("column", ["environment", "tenant", "project", "kind"])
def test_a_document_of_another_owner_or_kind_opens_nothing(place, vault, pair, column):
    change(place, f"update documents set {column} = 'other' where id = ?", pair[1])
    refused(place, vault, pair[1])
    assert text_of(vault, pair[0]) == WORDS


@pytest.mark.parametrize("kind", ["invoice", None])
def test_another_kind_with_its_longer_time_is_noticed_before_its_text_is_kept(place, vault, kind):
    taken = submit(vault, Plain(CONTENT + b"4"), "memo", lambda _: Given())
    change(place, "update documents set kind = ? where id = ?", kind, taken.document.id)
    with pytest.raises(DoesNotVerify):
        read_kept(vault, taken.document.id, Given())
    change(place, "update documents set kind = 'memo' where id = ?", taken.document.id)
    assert read_kept(vault, taken.document.id, Given()).kind == "memo"


def test_a_lower_level_with_its_longer_time_opens_nothing(place, vault, pair):
    low, high = pair
    change(
        place,
        "update artefacts set (level, born_level, ends, width, born_ends, born_width) = (select level, born_level,"
        " ends, width, born_ends, born_width from artefacts where document = ?) where document = ?",
        low,
        high,
    )
    change(place, "update documents set level = 'low' where id = ?", high)
    assert isinstance(refused(place, vault, high), DoesNotVerify)


def test_documents_that_change_places_open_nothing(place, vault, pair):
    low, high = pair
    for old, new in ((low, "x"), (high, low), ("x", high)):
        change(place, "update artefacts set document = ? where document = ?", new, old)
    refused(place, vault, low)
    refused(place, vault, high)


def test_ids_that_change_places_open_nothing(place, vault, pair):
    low, high = pair
    for table, column in (("documents", "id"), ("artefacts", "document")):
        for old, new in ((low, "x"), (high, low), ("x", high)):
            change(place, f"update {table} set {column} = ? where {column} = ?", new, old)
    refused(place, vault, low)
    refused(place, vault, high)


def test_another_documents_wrapped_key_opens_nothing(place, vault, pair):
    change(
        place,
        "update artefacts set wrapped = (select wrapped from artefacts where document = ?) where document = ?",
        *pair,
    )
    refused(place, vault, pair[1])


def renamed(place, before: str, after: str) -> None:
    change(place, "update artefacts set document = ? where document = ?", after, before)
    change(place, "update documents set id = ? where id = ?", after, before)


def test_a_renamed_document_is_missed_and_nothing_of_it_is_lost(place, vault, pair):
    made_up = "doc-" + "0" * 32
    renamed(place, pair[0], made_up)
    for each in (made_up, *pair):
        refused(place, vault, each)
    renamed(place, made_up, pair[0])
    assert text_of(vault, pair[0]) == WORDS


def test_a_level_that_is_lowered_while_it_is_read_is_noticed(place, vault):
    content = Plain(CONTENT + b"3")
    taken = submit(vault, content, "identity", lambda _: Given())

    class Slow(Given):
        def read(self, seconds):
            change(place, "update documents set kind = 'memo', level = 'low' where id = ?", taken.document.id)
            change(place, "update artefacts set level = 'low' where document = ?", taken.document.id)
            return super().read(seconds)

    with pytest.raises(DoesNotVerify):
        read_kept(vault, taken.document.id, Slow())
    assert [row.artefact for row in vault.records.artefacts(taken.document.id)] == [Artefact.SOURCE]
    assert Act.TAMPERING_FOUND in {event.act for event in read_log(place / "vault/log").events()}


def _blob(place, vault, identity):
    (row,) = vault.records.artefacts(identity)
    return place / "vault/blobs" / row.blob


BROKEN = {
    "cut by a byte": lambda held: held[:-1],
    "cut to its half": lambda held: held[: len(held) // 2],
    "without its commit record": lambda held: held[:-104],
    "empty": lambda held: held[:0],
    "longer": lambda held: held + b"\0",
    "doubled": lambda held: held + held,
    "of one changed bit": lambda held: held[:100] + bytes([held[100] ^ 1]) + held[101:],
    "of another mark": lambda held: b"X" + held[1:],
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_blob_gives_out_nothing(place, vault, pair, how):
    path = _blob(place, vault, pair[0])
    path.write_bytes(BROKEN[how](path.read_bytes()))
    assert isinstance(refused(place, vault, pair[0]), DoesNotVerify)


def test_segments_that_change_places_give_out_nothing(place, vault):
    text = "\n".join(f"line {number} " + "abcdefgh" * 1_200 for number in range(300))
    identity = keep(vault, text, content=CONTENT + b"2")
    path = _blob(place, vault, identity)
    held = path.read_bytes()
    head, size = len(b"cloister/sealed/1\n"), 1 << 20
    parts = [held[:head], held[head : head + size], held[head + size : head + 2 * size], held[head + 2 * size :]]
    assert len(parts[3]) > 1000
    for order in ((0, 2, 1, 3), (0, 1, 1, 3), (0, 1, 3), (0, 2, 3)):
        path.write_bytes(b"".join(parts[at] for at in order))
        assert isinstance(refused(place, vault, identity), DoesNotVerify)
    path.write_bytes(held)
    assert text_of(vault, identity).startswith("line 0")


def test_blobs_that_change_places_give_out_nothing(place, vault, pair):
    one, other = (_blob(place, vault, identity) for identity in pair)
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    for identity in pair:
        assert isinstance(refused(place, vault, identity), DoesNotVerify)


def test_a_blob_that_is_not_there_is_told(place, vault, pair):
    _blob(place, vault, pair[0]).unlink()
    assert isinstance(refused(place, vault, pair[0]), DoesNotVerify)


def test_a_blobs_name_leads_nowhere(place, vault, pair):
    (place / "secret").write_bytes(b"not for this vault")
    change(place, "update artefacts set blob = '../../secret' where document = ?", pair[0])
    refused(place, vault, pair[0])
    assert (place / "secret").exists()


def test_records_of_another_vault_open_nothing(place, pair, tmp_path, clock):
    make(tmp_path / "other", clock)
    (tmp_path / "other/vault/records.db").write_bytes((place / "vault/records.db").read_bytes())
    for blob in (place / "vault/blobs").iterdir():
        (tmp_path / "other/vault/blobs" / blob.name).write_bytes(blob.read_bytes())
    with desk(tmp_path / "other", clock) as other, pytest.raises((DoesNotVerify, KeyGone)):
        fetch(other, pair[0])


def test_keys_of_another_vault_open_nothing(place, tmp_path, clock):
    make(tmp_path / "other", clock)
    for key in (place / "vault/keys").iterdir():
        (tmp_path / "other/vault/keys" / key.name).write_bytes(key.read_bytes())
    with pytest.raises(DoesNotVerify), desk(tmp_path / "other", clock) as opened:
        keep(opened)


def test_without_the_keys_a_vault_opens_nothing(place, clock):
    (place / "vault/keys").rename(place / "away")
    with pytest.raises(NoKeys), desk(place, clock):
        pass
