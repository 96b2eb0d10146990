"""What a vault has to be after anything that could happen to an act, and the vaults that acts begin with.

What was acknowledged is kept exactly once; what was not is kept once by trying again; nothing is ever given out at a
lower level; what was deleted is gone, and a key that was destroyed never comes back; and after the next sweep there is
no orphan, and no plaintext at any time.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from cloister.audit.clock import Reading
from cloister.audit.held import read as read_log
from cloister.desk.backup import backup
from cloister.desk.fetch import fetch
from cloister.desk.looking import every
from cloister.desk.reading import read_again
from cloister.desk.restore import restore, show
from cloister.desk.sealing import names
from cloister.desk.submit import submit
from cloister.errors import CloisterError, Expired, KeyGone
from cloister.events import Act, Event, Outcome
from cloister.keys.store import Kind
from cloister.model import Plain, Sensitivity
from cloister.store.rows import State
from tests.desk.setup import CONTENT, PASSPORT, Given, desk, make

ACTS = ("submit", "fetch", "delete", "rotate", "sweep", "backup", "restore")


@dataclass(frozen=True)
class Begun:
    """A vault for each act to begin with: empty, or with a document that was not read yet; its id and key tags."""

    empty: Path
    queued: Path
    identity: str
    tags: frozenset[bytes]
    clock: Callable[[], Reading]


def begin(place: Path, clock: Callable[[], Reading]) -> Begun:
    """Make both in a folder."""
    empty, queued = place / "empty", place / "queued"
    make(empty, clock)
    queued.mkdir()
    shutil.copytree(empty / "vault", queued / "vault")
    with desk(queued, clock) as opened:
        document = submit(opened, Plain(CONTENT), "memo", lambda _: Given(PASSPORT)).document
    return Begun(empty, queued, document.id, frozenset(name.tag for name in names(document)), clock)


def copied(begun: Begun, what: str, place: Path) -> tuple[Path, str]:
    """A place of its own for one run of an act, and the document that is there, if there is one."""
    place.mkdir()
    shutil.copytree((begun.empty if what == "submit" else begun.queued) / "vault", place / "vault")
    if what == "restore":
        with desk(place, begun.clock, locked=True) as opened:
            backup(opened, place / "backup.tar")
    if what == "sweep":
        _littered(begun, place)
    return place, "" if what == "submit" else begun.identity


def _littered(begun: Begun, place: Path) -> None:
    """Leave what kills leave: a blob on its way in, one without a record, a key without a document, half an event."""
    with desk(place, begun.clock) as opened:
        document = replace(opened.records.documents()[0], id="doc-" + "0" * 32)
        for name in names(document):
            opened.keys.add(name, opened.key(document.tenant))
    for name in ("incoming-" + "1" * 32, "2" * 32):
        (place / "vault/blobs" / name).write_bytes(bytes(100))
    with (place / "vault/log/events").open("ab") as events:
        events.write(bytes(50))


def judged(begun: Begun, place: Path, what: str, identity: str, said: list[str]) -> None:
    """Every invariant, whatever happened."""
    _nothing_readable(place)
    keys = place / "vault/keys/store.keys"
    before = _held(begun, keys)
    assert not (what in {"fetch", "delete"} and "done" in said and before), (
        "a key outlived what it is told to have ended with"
    )
    if what == "backup":
        assert {path.name for path in place.iterdir()} <= {"vault", "backup.tar"}
        assert (place / "backup.tar").exists() or "done" not in said
        if (place / "backup.tar").exists():
            show(place / "backup.tar", place / "shown")  # it is whole
    if what == "restore":
        _restored(begun, place, said)
    with desk(place, begun.clock) as opened:
        found = every(opened)  # and a sweep before it
        documents = [row.document for row in found if row.document.state is not State.GONE]
        rows = opened.records.artefacts()
        assert opened.blobs.names() == {row.blob for row in rows}
        assert opened.keys.counts()[Kind.DOCUMENT] <= 2 * len(documents)
        assert {row.document for row in rows} == {row.id for row in documents}
        if what == "submit":
            acknowledged = [word for word in said if word.startswith("doc-")]
            assert {row.id for row in documents} >= set(acknowledged), "what was acknowledged is not kept"
            again = submit(opened, Plain(CONTENT), "memo", lambda _: Given(PASSPORT))
            assert again.again == bool(documents)
            identity = again.document.id
            assert [identity] == (acknowledged or [identity])
            assert len([row for row in every(opened) if row.document.state is not State.GONE]) == 1
        _opens(opened, what, identity, said)
        told = {str(event.subject) for event in read_log(place / "vault/log").events() if _submitted(event)}
        assert told == {row.document.id for row in every(opened)}, "the log says more or less than is true"
    assert read_log(place / "vault/log").tail == 0
    _nothing_readable(place)
    assert _held(begun, keys) <= before, "a destroyed key came back"


def _submitted(event: Event) -> bool:
    return (event.act, event.outcome) == (Act.SUBMITTED, Outcome.DONE)


def _held(begun: Begun, keys: Path) -> set[bytes]:
    """The tags of the document's keys that are in the file, looked for as bytes: opening it would mend it."""
    held = keys.read_bytes()
    return {tag for tag in begun.tags if tag in held}


def _nothing_readable(place: Path) -> None:
    held = {path: path.read_bytes() for path in place.rglob("*") if path.is_file()}
    assert not [path for path, data in held.items() if CONTENT[:20] in data or b"ERIKSSON" in data]


def _restored(begun: Begun, place: Path, said: list[str]) -> None:
    """Restored, or as before, or nothing that a second time does not put right: then it takes the old vault's place."""
    if not (place / "again").exists():
        assert "done" not in said
        restore(place / "backup.tar", place / "again", place / "vault/keys", begun.clock)
    assert not (place / ".again.new").exists()
    keys = place / "vault/keys"
    keys.rename(place / "keys")
    shutil.rmtree(place / "vault")
    (place / "again").rename(place / "vault")
    (place / "keys").rename(place / "vault/keys")
    about = json.loads((place / "vault/vault.json").read_text())
    (place / "vault/vault.json").write_text(json.dumps(about | {"keys": None}))


def _opens(opened, what: str, identity: str, said: list[str]) -> None:
    """What can be opened, is opened at the level that was found; what was deleted or fetched, never."""
    state = opened.records.document(identity).state
    if what == "delete" and "done" in said:
        assert state is State.GONE
    if state is State.QUEUED:
        try:
            read_again(opened, identity, lambda _: Given(PASSPORT))
        except CloisterError as problem:
            assert problem.code == "runs-used-up"  # noqa: PT017 - a reading that was killed counts
            return
    elif state is State.GONE:
        with pytest.raises((Expired, KeyGone)):
            fetch(opened, identity)
        return
    fetched = fetch(opened, identity)
    assert fetched.level is Sensitivity.HIGH
    assert fetched.document.text.startswith("P<UTO")
