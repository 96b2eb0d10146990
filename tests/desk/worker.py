"""Does one act on a vault in a process of its own, so that it can be killed: says its id when it is acknowledged.

A fault is a call, which one of them it is, and how: an errno to fail with, or 0 to end the process there and then.
Processes are forked, which costs far less than starting Python anew for each of many faults.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from cloister.audit.clock import Reading, now
from cloister.desk.backup import backup
from cloister.desk.custody import rotate
from cloister.desk.delete import delete
from cloister.desk.fetch import delivered, fetch
from cloister.desk.reading import read_again, read_kept
from cloister.desk.restore import restore
from cloister.desk.submit import submit
from cloister.errors import CloisterError
from cloister.model import Plain
from cloister.store import sqlite
from cloister.store.rows import State
from tests.desk.setup import CONTENT, PASSPORT, Given, desk

CALLS = ("write", "pwrite", "fsync", "fdatasync", "rename", "unlink", "ftruncate", "commit")
COUNTS: Counter[str] = Counter()
Fault = tuple[str, int, int]
NONE: Fault = ("", 0, 0)


def hook(fault: Fault) -> None:
    """Have every call that changes something counted, and struck when its turn comes."""

    def strike(call: str) -> None:
        COUNTS[call] += 1
        if fault[:2] == (call, COUNTS[call]):
            if not fault[2]:
                os.kill(os.getpid(), signal.SIGKILL)
            raise sqlite3.OperationalError("") if call == "commit" else OSError(fault[2], "")

    for call in CALLS[:-1]:
        real = getattr(os, call)
        setattr(os, call, lambda *a, real=real, call=call, **k: (strike(call), real(*a, **k))[1])

    class Connection(sqlite3.Connection):
        """Strikes before a commit: what comes after is SQLite's, and is tested with strace."""

        def commit(self) -> None:
            strike("commit")
            super().commit()

    connect = sqlite3.connect
    sqlite.sqlite3.connect = lambda *a, **k: connect(*a, factory=Connection, **k)


def act(opened, what: str, identity: str, say) -> None:
    """One act, as the command line does it."""
    if what == "submit":
        taken = submit(opened, Plain(CONTENT), "memo", lambda _: Given(PASSPORT))
        say(taken.document.id)
        if taken.document.state is State.QUEUED:
            read_kept(opened, taken.document.id, taken.looked)
    elif what == "fetch":
        if opened.records.document(identity).state is State.QUEUED:
            read_again(opened, identity, lambda _: Given(PASSPORT))
        say(fetch(opened, identity).level.value)
        delivered(opened, identity)
    elif what == "delete":
        delete(opened, identity)
    elif what == "rotate":
        rotate(opened)
    elif what == "backup":
        backup(opened, opened.vault.folder.parent / "backup.tar")
    elif what == "restore":
        place = opened.vault.folder.parent
        restore(place / "backup.tar", place / "again", opened.vault.keys, opened.clock)
    else:
        with opened.turn():
            pass
    say("done")


def run(place: Path, what: str, identity: str = "", fault: Fault = NONE, wait: float | None = None):
    """Do one act in a process; whether it was killed, and what it said. With `wait` it is killed after so long."""
    child, hears = begun(place, what, identity, now, settle=lambda: hook(fault))
    if wait is not None:
        time.sleep(wait)
        os.kill(child, signal.SIGKILL)
    return ended(child, hears)


def begun(
    place: Path,
    what: str,
    identity: str,
    clock: Callable[[], Reading],
    *,
    first: Callable[[], object] = lambda: None,
    settle: Callable[[], object] = lambda: None,
) -> tuple[int, int]:
    """Have an act done in a process: its number, and the descriptor of what it says.

    What is done in it `first` is done before the vault is opened, and what is to `settle` after that.
    """
    hears, tells = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(hears)
        _child(place, what, identity, clock, first, settle, tells)
    os.close(tells)
    return child, hears


def ended(child: int, hears: int) -> tuple[bool, list[str]]:
    """Wait for it; whether it was killed, and what it said. It ends in no other way than by itself, or by SIGKILL."""
    with os.fdopen(hears) as said:
        words = said.read().split("\n")[:-1]
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in {0, -signal.SIGKILL}
    return code != 0, words


def _child(place, what, identity, clock, first, settle, tells) -> NoReturn:
    write, code = os.write, 1

    def say(word: str) -> None:
        write(tells, f"{word}\n".encode())

    try:
        first()
        try:
            with desk(place, clock) as opened:
                settle()
                act(opened, what, identity, say)
        except CloisterError as problem:
            say(f"failed {problem.code}")
        say(" ".join(f"{call}={count}" for call, count in COUNTS.items()))
        code = 0
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(code)
