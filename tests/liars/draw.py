"""The sealed order: which tools are made, with which faults, under which names. The verifier has not the seed."""

from __future__ import annotations

import hashlib
import itertools
import random
import tomllib
from dataclasses import dataclass
from pathlib import Path

from tests.liars import workshop


@dataclass(frozen=True, slots=True)
class Job:
    """One tool that is to be reviewed: the folder it lies in, and what is wrong with it (nothing: the honest one)."""

    folder: str
    faults: tuple[str, ...]


def frozen() -> frozenset[str]:
    """The faults that were written before any check existed."""
    return frozenset(tomllib.loads((workshop.HERE / "frozen.toml").read_text()))


def jobs(seed: bytes, *, singles: bool, pairs: int, honest: int, only: tuple[str, ...] = ()) -> list[Job]:
    """All tools of one drawing, in an order that says nothing. Same seed, same drawing.

    `only` names the faults to draw from. Two faults of one group are never a pair.
    """
    chance = random.Random(hashlib.sha256(seed).digest())
    names = only or workshop.names()
    chosen: list[tuple[str, ...]] = [(name,) for name in names] if singles else []
    group = {name: workshop.fault(name).group for name in names}
    possible = [
        (one, other) for one, other in itertools.combinations(names, 2) if not group[one] or group[one] != group[other]
    ]
    chosen += chance.sample(possible, min(pairs, len(possible)))
    chosen += [()] * honest
    chance.shuffle(chosen)
    return [Job(f"{chance.getrandbits(48):012x}", faults) for faults in chosen]


def seed_of(path: Path, uid: int) -> bytes:
    """The seed that a file holds. ValueError where a reviewer who runs as `uid` might read it too."""
    told = path.stat()
    if uid and (told.st_mode & 0o077 or told.st_uid == uid):
        raise ValueError("the file of the seed must be its owner's alone, and the reviewer another user")
    return path.read_bytes()
