"""Starts one command, kills it at one moment, and says what of its process tree outlived it.

Run by `bench.killing`, alone in its process: it makes itself the reaper of every orphan below it
(PR_SET_CHILD_SUBREAPER), so a process of the tree that is still alive cannot hide.
Takes its order as JSON in its only argument and answers in JSON on standard output.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

_SUBREAPER = 36
_PAUSE = 0.0003


def _has_read(pid: int) -> int:
    """How many bytes a process has read so far; pipes count."""
    try:
        return int(Path(f"/proc/{pid}/io").read_text().split("\n")[0].split()[1])
    except OSError:
        return 0


def _start(order: dict[str, Any]) -> int:
    null = os.open(os.devnull, os.O_RDWR)
    errors = os.open(order["errors"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    actions = [(os.POSIX_SPAWN_DUP2, fd, to) for fd, to in ((null, 0), (null, 1), (errors, 2))]
    words = order["command"]
    return os.posix_spawnp(words[0], words, order["environment"], file_actions=actions, setsid=True)


def _alive() -> list[str]:
    """What still runs, by the names of the programs."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [Path(f"/proc/{child}/comm").read_text().strip() for child in children]


def main() -> None:
    """Carry out one order."""
    order = json.loads(sys.argv[1])
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    begun = time.monotonic()
    pid = _start(order)
    code, ended, read, survivors = None, 0.0, 0, []
    while True:
        try:
            who, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            break  # the whole tree has gone
        now = time.monotonic()
        if who == pid:
            code, ended = os.waitstatus_to_exitcode(status), now
        elif who == 0:
            if code is None:
                read = max(read, _has_read(pid))
                late = order["after"] is not None and now - begun >= order["after"]
                fed = order["read"] is not None and read >= order["read"]
                if late or fed or now - begun > order["limit"]:
                    (os.killpg if order["group"] else os.kill)(pid, signal.SIGKILL)
            elif now - ended > order["grace"]:
                survivors = _alive()
                break
            time.sleep(_PAUSE)
    gone = time.monotonic() - ended
    told = {"code": code, "seconds": ended - begun, "gone_after": gone, "read": read, "survivors": survivors}
    print(json.dumps(told))
    for child in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
        os.kill(int(child), signal.SIGKILL)


if __name__ == "__main__":
    main()
