"""Random system calls inside a locked jail: whatever they are, nothing is left behind and the next document works."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cloister.errors import CloisterError
from cloister.jail.kernel import machine
from cloister.jail.syscalls import number
from tests.jail import committed
from tests.jail.escapes.contained import Ended, Watched
from tests.jail.lies import command, exchange, soon, zygote

pytestmark = pytest.mark.proof
JAILS = ("render", "recognise", "write")
LEFT = ("/dev/shm/cloister-wild", "/tmp/cloister-wild")
BLOCKING = {"read", "futex", "exit_group"}
"""Left out of the tame part: they wait for ever, or end the child before it has begun."""


def answered(jail: str) -> str:
    names = (committed.ALLOWED[jail] | committed.ABSENT[jail]) - BLOCKING
    return ",".join(str(call) for name in sorted(names) if (call := number(name, machine())) is not None)


def wild(jail: Watched, seed: int) -> str:
    try:
        jail.begin(soon(10))
        jail.deadline = soon(1)
        jail.send(1, str(seed).encode())
        jail.receive({1: 10})
        jail.end()
    except Ended as ended:
        return "killed" if os.WIFSIGNALED(ended.args[0]) else "jail-died"
    except CloisterError as refusal:
        return refusal.code
    return "answered"


@pytest.mark.parametrize("jail", JAILS)
def test_of_a_thousand_children_that_make_random_calls_none_leaves_a_trace(jail):
    before = Path("/etc/passwd").stat()
    with Watched("", command=command("wild", jail, answered(jail))) as running, zygote("echo") as beside:
        fates = {}
        for seed in range(1000):
            fate = wild(running, seed)
            fates[fate] = fates.get(fate, 0) + 1
            if seed % 50 == 0:
                assert exchange(beside) == b"hello"
    print(jail, fates)
    assert set(fates) <= {"killed", "jail-died", "jail-lied", "timed-out", "answered"}
    assert fates["killed"] > 500, "most are killed by the filter, or by what they did to themselves"
    assert not any(Path(path).exists() for path in LEFT)
    after = Path("/etc/passwd").stat()
    assert (before.st_mtime_ns, before.st_ctime_ns, before.st_mode) == (
        after.st_mtime_ns,
        after.st_ctime_ns,
        after.st_mode,
    )
