"""Everything that signing in needs, built once where the service starts and handed to whoever asks."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from cloister.errors import BadSignIn, SignInSetting
from cloister.model import Plain
from cloister.service.login.address import parsed
from cloister.service.login.grants import Grant
from cloister.service.login.provider import Provider
from cloister.store.sessions import SessionRecords

CALLBACK = "/login/callback"
_LEAST_KEY = 32
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Keys:
    """Two keys of 32 bytes at least.

    `people` makes ids: another one would make everybody somebody else, so it stays. `sessions` can be replaced at any
    time, and ends every session.
    """

    people: Plain
    sessions: Plain

    def __post_init__(self) -> None:
        if min(len(self.people), len(self.sessions)) < _LEAST_KEY or self.people == self.sessions:
            raise BadSignIn(setting=SignInSetting.KEYS)


@dataclass(frozen=True, slots=True)
class Times:
    """How long a session lasts at most, and how long unused, in seconds: a day and the longest time at most."""

    longest: int = 12 * 3600
    idle: int = 1800

    def __post_init__(self) -> None:
        if not 0 < self.idle <= self.longest <= _DAY:
            raise BadSignIn(setting=SignInSetting.TIMES)


@dataclass(frozen=True, slots=True)
class Login:
    """Signing in of one tenant's people through one provider.

    `public` is where browsers find the service (https://NAME, no path): what is sent back to and what `Origin` has to
    be come from here, and never from a request. `grants`: by the names of groups at the provider.
    """

    provider: Provider
    sessions: SessionRecords
    tenant: str
    public: str
    grants: Mapping[str, Grant]
    keys: Keys
    times: Times = Times()
    clock: Callable[[], float] = time.time
    _bound: bytes = field(init=False, repr=False, default=b"")

    def __post_init__(self) -> None:
        try:
            address = parsed(self.public)
        except ValueError:
            raise BadSignIn(setting=SignInSetting.PUBLIC) from None
        if address.path != "/" or self.public.endswith("/"):
            raise BadSignIn(setting=SignInSetting.PUBLIC)
        if not self.grants:
            raise BadSignIn(setting=SignInSetting.GRANTS)
        object.__setattr__(self, "public", address.origin)
        object.__setattr__(self, "grants", MappingProxyType(dict(self.grants)))
        object.__setattr__(self, "_bound", self._binding())

    def now(self) -> int:
        """Seconds since 1970."""
        return int(self.clock())

    @property
    def callback(self) -> str:
        """Where the provider sends people back to."""
        return self.public + CALLBACK

    def key(self, use: str) -> bytes:
        """The key for one use: 32 bytes, other ones for every use and for every way to set this up."""
        said = f"cloister/login/1\n{use}\n".encode("ascii") + self._bound
        return hmac.digest(self.keys.sessions.open(), said, hashlib.sha256)

    def _binding(self) -> bytes:
        """What is set, as a hash."""
        gives = {
            group: [sorted(role.value for role in grant.roles), sorted(grant.teams)]
            for group, grant in self.grants.items()
        }
        said = [self.provider.issuer, self.provider.client.id, self.provider.client.groups, self.tenant, self.public]
        return hashlib.sha256(json.dumps([said, gives], sort_keys=True).encode()).digest()
