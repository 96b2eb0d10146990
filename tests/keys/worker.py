"""Changes a file of slots until it is killed, and says each act before it and after it was confirmed.

`python -m tests.keys.worker PATH SEED [COUNT]`. Lines: `try ACT N`, then `done ACT N` or `failed ACT N`.
A record's content is 60 bytes that follow from its number and version, so that whoever reads them can tell.
"""

from __future__ import annotations

import hashlib
import os
import random
import sys
from itertools import count
from pathlib import Path

from cloister.errors import KeyStoreFailed
from cloister.keys.slots import Record, Slots

VAULT = "vault-1"


def tag(number: int) -> bytes:
    return hashlib.sha256(b"tag %d" % number).digest()


def record(number: int, version: int) -> Record:
    return Record(
        1, tag(number), b"o" * 32, 0, b"%08d" % version + hashlib.sha512(b"%d %d" % (number, version)).digest()[:52]
    )


def say(*words: object) -> None:
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def main(path: str, seed: str, most: str = "1000000") -> None:
    made, dice = Slots(Path(path), VAULT), random.Random(int(seed))
    live: dict[int, int] = {}
    new = count(1)
    for _ in range(int(most)):
        act = dice.choice(["add", "add", "destroy", "replace"]) if live else "add"
        number = next(new) if act == "add" else dice.choice(list(live))
        say("try", act, number)
        try:
            if act == "add":
                made.add(record(number, 0))
                live[number] = 0
            elif act == "destroy":
                made.destroy([tag(number)])
                del live[number]
            else:
                made.replace([record(number, live[number] + 1)])
                live[number] += 1
        except KeyStoreFailed:
            say("failed", act, number)
            return
        say("done", act, number)


if __name__ == "__main__":
    main(*sys.argv[1:])
