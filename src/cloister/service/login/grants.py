"""What a person is here: an id that says nothing of them, and the roles and teams that their groups give them."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cloister.errors import BadSignIn, NoRole, SignInSetting
from cloister.events import Id, Thing
from cloister.model import Role
from cloister.policy.shapes import SLUG

_TEAM = re.compile(SLUG, re.ASCII)
_ID = 16
"""Bytes of an id."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a group gives: roles, and the teams of the policy in which they count."""

    roles: frozenset[Role]
    teams: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not self.roles or not all(map(_TEAM.fullmatch, self.teams)):
            raise BadSignIn(setting=SignInSetting.GRANTS)


def granted(grants: Mapping[str, Grant], groups: Iterable[str]) -> Grant:
    """All that these groups give together; `NoRole` if that is nothing."""
    found = [grants[group] for group in groups if group in grants]
    if not found:
        raise NoRole
    roles = frozenset(role for each in found for role in each.roles)
    return Grant(roles, frozenset(team for each in found for team in each.teams))


def person_id(key: bytes, issuer: str, subject: str) -> str:
    """The id of whoever an issuer calls this: HMAC-SHA-256 of both, the first 128 bits.

    The same person has the same id as long as the key is the same; without the key nobody can tell who it is.
    """
    named = f"cloister/person/1\n{issuer}\n{subject}".encode("utf-8", "surrogatepass")
    return str(Id(hmac.digest(key, named, hashlib.sha256)[:_ID].hex(), Thing.PERSON))
