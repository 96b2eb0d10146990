"""Each liar does what it says, and the honest tool does none of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.liars import workshop
from tests.liars.proofs import BAD, PAPERS, PROOFS, TOKEN
from tests.liars.room import Room, Start

SAMPLE = ("ring", "spool", "empty_success")


def test_every_fault_has_a_proof():
    assert set(PROOFS) == set(workshop.names())


@pytest.mark.parametrize("name", SAMPLE)
def test_a_sample_of_liars_do_what_they_say(tmp_path: Path, name: str):
    PROOFS[name](Room(tmp_path / "room", (name,), PAPERS))


@pytest.mark.proof
@pytest.mark.parametrize("name", workshop.names())
def test_every_liar_does_what_it_says(tmp_path: Path, name: str):
    PROOFS[name](Room(tmp_path / "room", (name,), PAPERS))


@pytest.mark.proof
@pytest.mark.parametrize("name", workshop.names())
def test_no_proof_holds_for_the_honest_tool(tmp_path: Path, name: str):
    with pytest.raises((AssertionError, StopIteration, OSError, ValueError, KeyError, IndexError)):
        PROOFS[name](Room(tmp_path / "room", (), PAPERS))


def test_the_honest_tool_reads_and_leaves_nothing(tmp_path: Path):
    room = Room(tmp_path / "room", (), PAPERS)
    good, bad, both = room.does([Start()], [BAD], [Start(target="1"), Start("other.png", "2")], trace=True)
    assert good.ended[0].code == 0
    assert TOKEN in (good.ended[0].output or b"")
    assert good.ended[0].mode == 0o600
    assert not good.ended[0].stdout + good.ended[0].stderr
    assert bad.ended[0].code == 2
    assert bad.ended[0].output is None
    assert bad.ended[0].stderr
    assert both.ended[0].output == good.ended[0].output
    for step in (good, bad, both):
        assert not step.names
        assert not step.logged
        assert not step.stayed
    made = [
        line
        for line in room.trace().splitlines()
        if re.search(
            r"O_CREAT|O_WRONLY|O_RDWR|O_TMPFILE|mkdir|rename|link\(|linkat|mknod|memfd|socket\(|connect\(", line
        )
        and "/dev/null" not in line
        and " = -1 " not in line
        and "readlink" not in line
        and " read(" not in line
    ]
    nameless = [line for line in made if '"/mnt/out", O_WRONLY|O_CLOEXEC|O_TMPFILE, 0600' in line]
    linked = [line for line in made if re.search(r'linkat\(\d+, "/proc/self/fd/\d+", AT_FDCWD, "/mnt/out/', line)]
    assert len(nameless) == len(linked) == 3
    assert sorted(made) == sorted(nameless + linked)


def test_a_kill_of_the_honest_tool_leaves_nothing(tmp_path: Path):
    room = Room(tmp_path / "room", (), PAPERS)
    for after in room.does(*[[Start(target=str(at), kill=0.2 * at)] for at in range(1, 4)], wait=0.2):
        assert not after.names
        assert not after.stayed
