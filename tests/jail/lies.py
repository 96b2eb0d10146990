"""Starts the children in children/, with the real spawn and the real lock."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Collection
from pathlib import Path

from cloister.jail.nursery import Nursery, Worker
from cloister.jail.serve import OPTION
from cloister.jail.spawn import Zygote

CHILDREN = Path(__file__).parent / "children"
ANSWER = {1: 64 << 20}


def command(child: str, *arguments: str, layers: str = "all") -> list[str]:
    option = [] if layers == "all" else ["-X", f"{OPTION}={'' if layers == 'none' else layers}"]
    return [sys.executable, "-I", *option, str(CHILDREN / f"{child}.py"), *arguments]


class Only(Worker):
    """A worker that takes its nursery with it."""

    @property
    def nursery(self) -> Nursery:
        return self._nursery

    def kill(self) -> None:
        super().kill()
        self._nursery.kill()


def nursery(*behaviour: str, layers: str = "all", most: int = 1) -> Nursery:
    return Nursery("", command=command("liar", "nursery", *behaviour, layers=layers), most=most)


def worker(*behaviour: str, layers: str = "all", seconds: float = 20) -> Only:
    jail = Only(nursery(*behaviour, layers=layers), -1)
    jail.nursery.start()
    jail.deadline = soon(seconds)
    return jail


def zygote(*behaviour: str, layers: str = "all") -> Zygote:
    return Zygote("", command=command("liar", "zygote", *behaviour, layers=layers))


def soon(seconds: float = 20) -> float:
    return time.monotonic() + seconds


def exchange(jail: Zygote, payload: bytes = b"hello", seconds: float = 20) -> bytes:
    """One whole document through a zygote."""
    jail.begin(soon(seconds))
    jail.send(1, payload)
    _, answer = jail.receive(ANSWER)
    jail.end()
    return answer


def living(*, group: int) -> list[int]:
    """The processes of a group that are not yet dead."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, _, its_group = (folder / "stat").read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(its_group) == group and state not in "ZX":
            found.append(int(folder.name))
    return found


def gone(look: Callable[[], Collection[int]], seconds: float = 5) -> bool:
    """Whether what `look` finds is gone within a while."""
    until = soon(seconds)
    while look():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True
