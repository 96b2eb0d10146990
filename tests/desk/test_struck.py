"""Struck from outside at any call on its files, the vault keeps its word: killed with SIGKILL, or told EIO or ENOSPC.

What holds is in `judge`. The strikes are the kernel's (see `struck`): those of SQLite, of the opening of the
vault and of its closing are among them, and a process is killed with none of its own code in the way.
"""

from __future__ import annotations

import os
import random
import re
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from cloister.audit.clock import now
from cloister.keys import slots
from tests.desk import worker
from tests.desk.judge import ACTS, Begun, begin, copied, judged
from tests.desk.setup import Moving
from tests.desk.struck import EIO, KILL, Call, Point, Struck, commanded, points_of, traced

DAYS = 24 * 3600
LEAST = {"submit": 500, "fetch": 500, "delete": 150, "rotate": 150, "sweep": 150, "backup": 120, "restore": 150}
"""Points of each act at least: less means that its calls were not seen."""


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    return begin(tmp_path_factory.mktemp("begun"), Moving())


def settled(begun: Begun, what: str) -> Begun:
    """The same, at the time at which the act is done: what is swept has ended."""
    if what != "sweep":
        return begun
    later = Moving()
    later.passed(30 * DAYS)
    return replace(begun, clock=later)


def points(begun: Begun, what: str, place: Path) -> list[Point]:
    """Every moment at which an act can be struck, and how; it is done once undisturbed to see them."""
    place, identity = copied(begun, what, place)
    begun = settled(begun, what)
    whole = traced(begun, place, what, identity)
    assert "done" in whole.said
    judged(begun, place, what, identity, whole.said)
    return points_of(place, whole.calls)


def struck(begun: Begun, what: str, place: Path, point: Point) -> bool:
    """Strike an act, and judge what is left; whether the strike took place."""
    place, identity = copied(begun, what, place)
    begun = settled(begun, what)
    came = traced(begun, place, what, identity, point)
    hit = came.hit(place, point)
    assert came.killed == (hit and point.how == KILL)
    if hit and point.how != KILL:
        told(came)
    judged(begun, place, what, identity, came.said)
    shutil.rmtree(place)
    return hit


def told(came: Struck) -> None:
    """After a call that failed nothing is acknowledged, and a typed refusal is said."""
    assert forgiven(came) or came.said_after()[:1] == ["failed"], came.said_after()


def forgiven(came: Struck) -> bool:
    """Whether the call that failed is one of three that take nothing from what is acknowledged after it.

    SQLite forgives the owner of its journal, which is ours already, and the sync of the folder after the journal was
    made: by the time that anything is acknowledged the journal is gone again, and that was synced, with its failure
    told. And we take away what a blob was called before it got its name, where by then there is nothing as a rule.
    """
    call, before = came.failed()
    journal = before is not None and "records.db-journal" in before.text and before.name == "fdatasync"
    return (
        call.name == "fchown"
        or (call.name == "fdatasync" and "records.db" not in call.text and journal)
        or (call.name == "unlinkat" and '"incoming-' in call.text)
    )


@pytest.mark.parametrize("what", ACTS)
def test_an_act_that_is_struck_at_drawn_calls(begun, tmp_path, what):
    every_point = points(begun, what, tmp_path / "counted")
    for number, point in enumerate(random.Random(what).sample(every_point, 3)):
        assert struck(begun, what, tmp_path / str(number), point), point


@pytest.mark.proof
@pytest.mark.parametrize("what", ACTS)
def test_an_act_that_is_struck_at_every_call(begun, tmp_path, what, capsys):
    every_point = points(begun, what, tmp_path / "counted")
    ran: Counter[str] = Counter()
    wrong, missed = [], []
    for number, point in enumerate(every_point):
        try:
            if struck(begun, what, tmp_path / str(number), point):
                ran[f"{point.call} {point.how}"] += 1
            else:
                missed.append(point)
        except Exception as problem:  # noqa: BLE001 - all that is wrong is to be seen, not only the first
            wrong.append((point, repr(problem)[:500]))
    with capsys.disabled():
        print(f"\n{what}: {ran.total()} points struck from outside: {dict(sorted(ran.items()))}")
    assert not wrong
    assert not missed
    assert ran.total() >= LEAST[what]


@pytest.fixture(scope="module")
def present(tmp_path_factory):
    return begin(tmp_path_factory.mktemp("present"), now)


def commanded_at(begun: Begun, what: str, place: Path, drawn: int) -> None:
    """Strike the command itself at so many calls, and judge what is left; it ends with a typed refusal."""
    words = {"delete": ["delete", begun.identity], "sweep": ["sweep"], "backup": ["backup", "backup.tar"]}[what]
    counted, identity = copied(begun, what, place / "counted")
    words[1:] = [str(counted / word) if word == "backup.tar" else word for word in words[1:]]
    whole = commanded(counted, words)
    assert whole.said == ["done"]
    judged(begun, counted, what, identity, whole.said)
    every_point = [point for point in points_of(counted, whole.calls) if "pipe" not in point.where]
    for number, point in enumerate(random.Random(what).sample(every_point, drawn)):
        at, identity = copied(begun, what, place / str(number))
        came = commanded(at, [word.replace(str(counted), str(at)) for word in words], point)
        assert came.hit(at, point), point
        if point.how != KILL:
            assert forgiven(came) or re.search(r"\[[a-z-]+\]$", came.said[-1]), came.said
            assert not [line for line in came.said if "Traceback" in line]
        judged(begun, at, what, identity, came.said)


@pytest.mark.parametrize("what", ["delete", "sweep", "backup"])
def test_the_command_that_is_struck_at_drawn_calls(present, tmp_path, what):
    commanded_at(present, what, tmp_path, 2)


@pytest.mark.proof
@pytest.mark.parametrize("what", ["delete", "sweep", "backup"])
def test_the_command_that_is_struck_at_many_calls(present, tmp_path, what):
    commanded_at(present, what, tmp_path, 30)


def planted(begun: Begun, what: str, place: Path, chosen: Callable[[Call], bool], how: str) -> tuple[Struck, str]:
    """Strike an act at the last call that is chosen, as it is done now; what came of it, in `place`."""
    counted, identity = copied(begun, what, place.with_name("counted"))
    calls = traced(begun, counted, what, identity).calls
    call = [call for call in calls if chosen(call)][-1]
    point = Point(call.name, call.nth, how, call.where(counted))
    copied(begun, what, place)
    came = traced(begun, place, what, identity, point)
    assert came.hit(place, point)
    return came, identity


def test_an_acknowledgement_before_the_commit_is_caught(begun, tmp_path, monkeypatch):
    place, careful = tmp_path / "place", worker.act

    def hasty(opened, what, identity, say):
        accept = opened.records.accept
        opened.records.accept = lambda document, artefact: (say(document.id), accept(document, artefact), os._exit(0))
        careful(opened, what, identity, say)

    monkeypatch.setattr(worker, "act", hasty)
    came, identity = planted(begun, "submit", place, lambda call: call.name == "unlink", KILL)
    assert came.said
    with pytest.raises(AssertionError, match="what was acknowledged is not kept"):
        judged(begun, place, "submit", identity, came.said)


def test_a_failed_sync_that_is_passed_over_is_caught(begun, tmp_path, monkeypatch):
    for name in ("fsync", "fdatasync"):
        real = getattr(os, name)
        monkeypatch.setattr(os, name, partial(forgiving, real))
    came, _ = planted(begun, "delete", tmp_path / "place", lambda call: "store.keys" in call.text, EIO)
    with pytest.raises(AssertionError, match="done"):
        told(came)


def forgiving(real: Callable[[int], None], file: int) -> None:
    with suppress(OSError):
        real(file)


def test_a_key_that_outlives_its_document_is_caught(begun, tmp_path, monkeypatch):
    place, identity = copied(begun, "delete", tmp_path / "place")
    with monkeypatch.context() as planting:
        planting.setattr(slots.Slots, "_wipe", lambda *_: None)
        came = traced(begun, place, "delete", identity)
    assert "done" in came.said
    with pytest.raises(AssertionError, match="a key outlived"):
        judged(begun, place, "delete", identity, came.said)


def test_a_strike_that_did_not_take_place_is_not_counted(begun, tmp_path):
    for how in (KILL, EIO):
        assert not struck(begun, "delete", tmp_path / how, Point("fsync", 1000, how, "fsync vault/log"))
