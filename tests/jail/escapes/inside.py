"""The locked process in which techniques run: `inside.py render|recognise|write|parent`.

Its warm-up, profile, lock and protocol are the real ones; only its work is to run a technique. For
`parent` there is no lock: each child calls `refuse_network`, as `cloister read` does.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from cloister.jail.lock import RECOGNISE, RENDER, WRITE, refuse_network
from cloister.jail.serve import serve_zygote
from cloister.jail.wire import BlockingPipe, receive, send
from tests.jail.escapes import files, memory, network, processes  # noqa: F401 - they fill the list
from tests.jail.escapes.world import TECHNIQUES, World

ASK, WORKED, FAILED = 1, 2, 3
PREPARED = {"code": 0, "zygote": 0}


def warm_render() -> None:
    from cloister.ocr.render import main

    main.warm()


def warm_recognise() -> None:
    from cloister.ocr.engine.pipeline import Engine

    Engine("latin").warm()


def warm_write() -> None:
    from cloister.formats.pdf.jailed import writing

    writing.warm()


JAILS = {
    "render": (RENDER, warm_render),
    "recognise": (RECOGNISE, warm_recognise),
    "write": (WRITE, warm_write),
    "parent": (RENDER, lambda: None),
    "bare": (RENDER, lambda: None),
}


def main(jail: str) -> None:
    profile, load = JAILS[jail]

    def warm() -> None:
        load()
        PREPARED["code"] = memory.prepare_code()
        PREPARED["zygote"] = os.getpid()

    def work(pipe: BlockingPipe) -> None:
        _, payload = receive(pipe, {ASK: 1 << 16})
        asked = json.loads(payload)
        world = replace(World(**asked["world"]), **PREPARED)
        if jail == "parent":
            refuse_network()
        try:
            worked, number = TECHNIQUES[asked["name"]].act(world), 0
        except OSError as problem:
            worked, number = False, problem.errno or 0
        send(pipe, WORKED if worked else FAILED, number.to_bytes(2, "little"))

    serve_zygote(profile, warm, work)


if __name__ == "__main__":
    main(sys.argv[1])
