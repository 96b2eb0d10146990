"""A jail's memory holds nothing that its parent knew; a forked process holds all of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PARENT = """
import os, sys, time
sys.path.insert(0, {root!r})
heap = bytes.fromhex({heap!r})
from tests.jail.lies import exchange, worker, zygote
jail = worker("echo", layers={layers!r})
jail.ready()
forking = zygote("hang_after_answer", layers={layers!r})
from tests.jail.lies import soon
forking.begin(soon())
forking.send(1, b"hello")
forking.receive({{1: 9}})
forked = os.fork()
if forked == 0:
    time.sleep(60)
print(jail.nursery.pid, forking.pid, forked, flush=True)
sys.stdin.read()
os.kill(forked, 9)
jail.kill()
forking.kill()
"""
ROOT = str(Path(__file__).parents[2])


def canaries() -> dict[str, bytes]:
    """Three things that exist nowhere else, planted in three places."""
    return {place: f"{place}-{os.urandom(16).hex()}".encode() for place in ("environment", "argument", "heap")}


def copies(pid: int, needle: bytes) -> int:
    """How often a process's memory holds something."""
    count = 0
    with Path(f"/proc/{pid}/mem").open("rb", 0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, rights = line.split()[:2]
            if "r" not in rights or "[v" in line:
                continue
            start, end = (int(part, 16) for part in span.split("-"))
            memory.seek(start)
            try:
                count += memory.read(end - start).count(needle)
            except OSError:
                continue
    return count


def children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.parametrize("layers", ["all", "none"] if os.geteuid() == 0 else ["none"])
def test_no_jail_holds_what_was_planted_in_its_parent_and_a_forked_process_does(layers):
    # Only root can look into a locked jail; that it was executed anew is the same with the layers off.
    planted = canaries()
    source = PARENT.format(root=ROOT, heap=planted["heap"].hex(), layers=layers)
    command = [sys.executable, "-c", source, planted["argument"].decode()]
    environment = {"SECRET": planted["environment"].decode()}
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        nursery, zygote, forked = (int(word) for word in parent.stdout.readline().split())
        jailed = [nursery, *children(nursery), zygote, *children(zygote)]
        assert len(jailed) == 4
        for place, needle in planted.items():
            assert copies(forked, needle) > 0, f"the search finds what is in the {place} of a forked process"
            assert [copies(pid, needle) for pid in jailed] == [0, 0, 0, 0], place
        parent.stdin.close()
