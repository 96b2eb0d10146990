"""Killed or failing at any write, sync, rename, unlink or commit of an act, the vault keeps its word.

What was acknowledged is kept exactly once; what was not is kept once by trying again; nothing is ever given out at a
lower level; what was deleted is gone; and after the next sweep there is no orphan, and no plaintext at any time.
"""

from __future__ import annotations

import errno
import json
import random
import shutil
from pathlib import Path

import pytest

from cloister.audit.clock import now
from cloister.audit.held import read as read_log
from cloister.desk.backup import backup
from cloister.desk.delete import delete
from cloister.desk.fetch import fetch
from cloister.desk.looking import every
from cloister.desk.reading import read_again, read_kept
from cloister.desk.restore import restore, show
from cloister.desk.submit import submit
from cloister.errors import CloisterError, KeyGone
from cloister.events import Act, Event, Outcome
from cloister.keys.store import Kind
from cloister.model import Plain, Sensitivity
from cloister.store.rows import State
from tests.desk.setup import CONTENT, PASSPORT, Given, desk, files, make
from tests.desk.worker import Fault, run

ACTS = ("submit", "fetch", "delete", "rotate", "sweep", "backup", "restore")
HOW = (0, errno.EIO, errno.ENOSPC)


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """A vault for each act to begin with: empty, or with a document that was not read yet, by its id."""
    empty, queued = tmp_path_factory.mktemp("empty"), tmp_path_factory.mktemp("queued")
    make(empty, now)
    shutil.copytree(empty / "vault", queued / "vault")
    with desk(queued, now) as opened:
        identity = submit(opened, Plain(CONTENT), "memo", lambda _: Given(PASSPORT)).document.id
    return empty, queued, identity


def copied(begun, what: str, place: Path) -> tuple[Path, str]:
    """A place of its own for one run of an act, and the document that is there, if there is one."""
    empty, queued, identity = begun
    place.mkdir()
    shutil.copytree((empty if what == "submit" else queued) / "vault", place / "vault")
    if what == "restore":
        with desk(place, now, locked=True) as opened:
            backup(opened, place / "backup.tar")
    return place, "" if what == "submit" else identity


def judged(place: Path, what: str, identity: str, said: list[str]) -> None:
    """Every invariant, whatever happened."""
    if what == "backup" and (place / "backup.tar").exists():
        show(place / "backup.tar", place / "shown")  # it is whole
    if what == "restore":
        _restored(place, said)
    held = files(place)
    assert not [name for name, data in held.items() if CONTENT[:20] in data or b"ERIKSSON" in data]
    with desk(place, now) as opened:
        found = every(opened)  # and a sweep before it
        documents = [row.document for row in found if row.document.state is not State.GONE]
        rows = opened.records.artefacts()
        assert opened.blobs.names() == {row.blob for row in rows}
        assert opened.keys.counts()[Kind.DOCUMENT] <= 2 * len(documents)
        assert {row.document for row in rows} == {row.id for row in documents}
        if what == "submit":
            acknowledged = [word for word in said if word.startswith("doc-")]
            assert {row.id for row in documents} >= set(acknowledged)
            again = submit(opened, Plain(CONTENT), "memo", lambda _: Given(PASSPORT))
            assert again.again == bool(documents)
            identity = again.document.id
            assert [identity] == (acknowledged or [identity])
            assert len([row for row in every(opened) if row.document.state is not State.GONE]) == 1
        _opens(opened, what, identity, said)
        told = {str(event.subject) for event in read_log(place / "vault/log").events() if _submitted(event)}
        assert told == {row.document.id for row in every(opened)}  # the log says neither more nor less than is true
    assert read_log(place / "vault/log").tail == 0


def _submitted(event: Event) -> bool:
    return (event.act, event.outcome) == (Act.SUBMITTED, Outcome.DONE)


def _restored(place: Path, said: list[str]) -> None:
    """Restored, or as before, or nothing that a second time does not put right: then it takes the old vault's place."""
    if not (place / "again").exists():
        assert "done" not in said
        restore(place / "backup.tar", place / "again", place / "vault/keys")
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
        with pytest.raises(KeyGone):
            fetch(opened, identity)
        return
    fetched = fetch(opened, identity)
    assert fetched.level is Sensitivity.HIGH
    assert fetched.document.text.startswith("P<UTO")


def points(begun, what: str, place: Path) -> list[Fault]:
    """Every moment at which an act can be struck, and how."""
    place, identity = copied(begun, what, place)
    _, said = run(place, what, identity)
    assert "done" in said
    judged(place, what, identity, said)
    counts = [word.split("=") for word in said[-1].split()]
    return [(call, at, how) for call, count in counts for at in range(1, int(count) + 1) for how in HOW]


def struck(begun, what: str, place: Path, fault: Fault) -> None:
    place, identity = copied(begun, what, place)
    killed, said = run(place, what, identity, fault)
    assert killed == (not fault[2])
    judged(place, what, identity, said)
    shutil.rmtree(place)


@pytest.mark.parametrize("what", ACTS)
def test_an_act_that_is_struck_at_drawn_moments(begun, tmp_path, what):
    every_point = points(begun, what, tmp_path / "counted")
    drawn = random.Random(what).sample(every_point, min(4, len(every_point)))
    for number, point in enumerate(drawn):
        struck(begun, what, tmp_path / str(number), point)


@pytest.mark.proof
@pytest.mark.parametrize("what", ACTS)
def test_an_act_that_is_struck_at_every_moment(begun, tmp_path, what):
    for number, point in enumerate(points(begun, what, tmp_path / "counted")):
        struck(begun, what, tmp_path / str(number), point)


def test_killed_at_a_drawn_time(begun, tmp_path):
    for seed in range(4):
        place, identity = copied(begun, "submit", tmp_path / str(seed))
        _, said = run(place, "submit", identity, wait=random.Random(seed).uniform(0.01, 0.2))
        judged(place, "submit", identity, said)


def test_the_judge_finds_an_orphan_a_double_and_plaintext(begun, tmp_path, monkeypatch):
    place, identity = copied(begun, "delete", tmp_path / "planted")
    (place / "vault/blobs/left").write_bytes(CONTENT)
    with pytest.raises(AssertionError):
        judged(place, "delete", identity, [])
    (place / "vault/blobs/left").unlink()
    monkeypatch.setattr("cloister.desk.opened.Desk.turn", lambda *_: None)
    with pytest.raises((AssertionError, TypeError)):
        judged(place, "delete", identity, [])


def test_what_was_half_deleted_is_gone_after_the_next_sweep(begun, tmp_path):
    place, identity = copied(begun, "delete", tmp_path / "half")
    killed, _ = run(place, "delete", identity, ("pwrite", 3, 0))  # its keys are overwritten, and nothing else is done
    assert killed
    with desk(place, now) as opened:
        assert every(opened)[0].document.state is State.GONE
        with pytest.raises(KeyGone):
            read_kept(opened, identity, Given())
        assert delete(opened, identity).state is State.GONE
