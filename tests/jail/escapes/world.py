"""What a technique may aim at, made by `contained.py` for nothing else; and the list of techniques."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

SECRET = b"the secret that no jail may read"


@dataclass(frozen=True, slots=True)
class World:
    """Targets. `victim` is a sacrificial process of the same user that holds SECRET at `address`."""

    folder: str
    victim: int
    address: int
    tcp: int
    udp: int
    unix: str
    abstract: str
    queue: int
    shared: int
    zygote: int = 0
    code: int = 0
    """A page of code, mapped before the lock: a call through int 0x80 where there is such a thing."""

    def path(self, name: str) -> bytes:
        return f"{self.folder}/{name}".encode()


Act = Callable[[World], bool]


@dataclass(frozen=True, slots=True)
class Technique:
    """One way out. `act` says whether it worked; a refusal by the kernel may also be an OSError.

    `parent`: `refuse_network` must stop it too. `bare`: it is also tried with the layers off.
    """

    name: str
    family: str
    act: Act
    parent: bool
    bare: bool


TECHNIQUES: dict[str, Technique] = {}


def technique(family: str, name: str, *, parent: bool = False, bare: bool = True) -> Callable[[Act], Act]:
    """Add a function to the list."""

    def add(act: Act) -> Act:
        assert name not in TECHNIQUES
        TECHNIQUES[name] = Technique(name, family, act, parent, bare)
        return act

    return add
