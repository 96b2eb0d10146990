"""Killed or failing at any write, sync, rename, unlink or commit of an act, the vault keeps its word (see `judge`).

This strikes inside of the process, before Python's own calls; test_struck strikes from outside, at the kernel.
"""

from __future__ import annotations

import errno
import random
import shutil
from pathlib import Path

import pytest

from cloister.audit.clock import now
from cloister.desk.delete import delete
from cloister.desk.looking import every
from cloister.desk.reading import read_kept
from cloister.errors import KeyGone
from cloister.store.rows import State
from tests.desk.judge import ACTS, begin, copied, judged
from tests.desk.setup import CONTENT, Given, desk
from tests.desk.worker import Fault, run

HOW = (0, errno.EIO, errno.ENOSPC)


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    return begin(tmp_path_factory.mktemp("begun"), now)


def points(begun, what: str, place: Path) -> list[Fault]:
    """Every moment at which an act can be struck, and how."""
    place, identity = copied(begun, what, place)
    _, said = run(place, what, identity)
    assert "done" in said
    judged(begun, place, what, identity, said)
    counts = [word.split("=") for word in said[-1].split()]
    return [(call, at, how) for call, count in counts for at in range(1, int(count) + 1) for how in HOW]


def struck(begun, what: str, place: Path, fault: Fault) -> None:
    place, identity = copied(begun, what, place)
    killed, said = run(place, what, identity, fault)
    assert killed == (not fault[2])
    judged(begun, place, what, identity, said)
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
        judged(begun, place, "submit", identity, said)


def test_the_judge_finds_an_orphan_a_double_and_plaintext(begun, tmp_path, monkeypatch):
    place, identity = copied(begun, "delete", tmp_path / "planted")
    (place / "vault/blobs/left").write_bytes(CONTENT)
    with pytest.raises(AssertionError):
        judged(begun, place, "delete", identity, [])
    (place / "vault/blobs/left").unlink()
    monkeypatch.setattr("cloister.desk.opened.Desk.turn", lambda *_: None)
    with pytest.raises((AssertionError, TypeError)):
        judged(begun, place, "delete", identity, [])


def test_what_was_half_deleted_is_gone_after_the_next_sweep(begun, tmp_path):
    place, identity = copied(begun, "delete", tmp_path / "half")
    killed, _ = run(place, "delete", identity, ("pwrite", 3, 0))  # its keys are overwritten, and nothing else is done
    assert killed
    with desk(place, now) as opened:
        assert every(opened)[0].document.state is State.GONE
        with pytest.raises(KeyGone):
            read_kept(opened, identity, Given())
        assert delete(opened, identity).state is State.GONE
