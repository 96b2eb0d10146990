"""A locked child that makes the system calls it is asked to: `numbers.py render|recognise|write|parent`.

Every argument is 0, but for calls that would end or stop the process, or change what it answers with.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from cloister.jail.lock import RECOGNISE, RENDER, SCAN, WRITE, refuse_network
from cloister.jail.serve import serve_zygote
from cloister.jail.wire import receive, send
from tests.jail.escapes.calls import raw

PROFILES = {"render": RENDER, "recognise": RECOGNISE, "write": WRITE, "scan": SCAN, "parent": RENDER}


def work(pipe):
    _, asked = receive(pipe, {1: 64})
    number, *arguments = (int(word) for word in asked.split())
    if sys.argv[1] == "parent":
        refuse_network()
    try:
        raw(number, *arguments)
        refused = 0
    except OSError as problem:
        refused = problem.errno or 0
    send(pipe, 1, refused.to_bytes(2, "little"))


if __name__ == "__main__":
    serve_zygote(PROFILES[sys.argv[1]], lambda: None, work)
