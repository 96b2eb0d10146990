"""Where the key of each tenant is: with which provider, and what that has to be told; none of it is a secret.

It stands in `providers.json` among the keys. They belong together: the folder of keys is what survives a lost vault, a
backup holds neither, and so a backup tells nobody where its keys are. Where there is no such file the keys are local.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from cloister.errors import BadProvider, NoKeys, NotFound, ProviderSetting
from cloister.keys import passphrase
from cloister.policy.values import KeyProvider

FILE = "providers.json"
SCHEMA = "cloister-providers/1"
YES = "yes"
"""The one value of a setting that is on or not there."""
_LINE = re.compile(r"[ -~]{1,512}")
_SAFE = re.compile(r"https://[^/\s]+.*|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(/.*)?")
"""What a token may be sent to: nobody between reads it."""


class Opens(Enum):
    """What opens a provider, as it is asked for."""

    PASSPHRASE = "passphrase"  # noqa: S105 - a word
    PIN = "PIN"
    TOKEN = "token"  # noqa: S105 - another
    ITS_OWN = "the service's own settings"
    """Nothing that we are given: the service's library finds its credentials itself."""


_M, _T, _K, _R, _E, _O, _A = (
    ProviderSetting.MODULE,
    ProviderSetting.TOKEN_LABEL,
    ProviderSetting.KEY_NAME,
    ProviderSetting.REGION,
    ProviderSetting.ENDPOINT,
    ProviderSetting.MOUNT,
    ProviderSetting.ACCESS_TOKEN,
)
_KNOWN: Mapping[KeyProvider, tuple[frozenset[ProviderSetting], frozenset[ProviderSetting]]] = {
    KeyProvider.LOCAL: (frozenset(), frozenset()),
    KeyProvider.PKCS11: (frozenset({_M, _T, _K}), frozenset()),
    KeyProvider.AWS_KMS: (frozenset({_K, _R}), frozenset({_E})),
    KeyProvider.GCP_KMS: (frozenset({_K}), frozenset({_E, _A})),
    KeyProvider.VAULT: (frozenset({_K, _E}), frozenset({_O})),
}
"""What each has to be told, and what it may be."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one tenant's key is."""

    provider: KeyProvider
    settings: Mapping[ProviderSetting, str]

    def __post_init__(self) -> None:
        """Raise `BadProvider` for a setting that is missing, means nothing here, or cannot be."""
        needed, allowed = _KNOWN[self.provider]
        for setting in ProviderSetting:
            if (setting in needed and setting not in self.settings) or (
                setting in self.settings and not _can_be(setting, self.settings[setting], needed | allowed)
            ):
                raise BadProvider(setting=setting)

    @property
    def opens(self) -> Opens:
        """What opens it."""
        if self.provider is KeyProvider.GCP_KMS:
            return Opens.TOKEN if _A in self.settings else Opens.ITS_OWN
        return _OPENS[self.provider]

    def plain(self) -> dict[str, str]:
        """All of it, as names and values."""
        return {"provider": self.provider.value} | {name.value: value for name, value in self.settings.items()}

    @classmethod
    def read(cls, held: Mapping[str, str]) -> Place:
        """From what `plain` gives; `ValueError`, or `BadProvider`."""
        settings = {ProviderSetting(name): str(value) for name, value in held.items() if name != "provider"}
        return cls(KeyProvider(held.get("provider")), settings)


_OPENS = {
    KeyProvider.LOCAL: Opens.PASSPHRASE,
    KeyProvider.PKCS11: Opens.PIN,
    KeyProvider.AWS_KMS: Opens.ITS_OWN,
    KeyProvider.VAULT: Opens.TOKEN,
}
LOCAL = Place(KeyProvider.LOCAL, {})


def written(places: Mapping[str, Place]) -> bytes:
    """What the file says."""
    tenants = {tenant: place.plain() for tenant, place in places.items()}
    return json.dumps({"schema": SCHEMA, "tenants": tenants}, indent=1).encode()


def places(keys: Path) -> Mapping[str, Place] | None:
    """Where the key of each tenant is, as the folder of keys says; None: they are all local.

    `KeysReadableByOthers` if the file is not this user's alone, `BadProvider` if it says what cannot be.
    """
    try:
        with passphrase.from_file(keys / FILE) as held:
            said = json.loads(bytes(held.open()))
        found = {str(tenant): Place.read(place) for tenant, place in said["tenants"].items()}
    except NotFound:
        return None
    except (ValueError, TypeError, KeyError, AttributeError):
        raise BadProvider(setting=_K) from None
    if said["schema"] != SCHEMA or not found:
        raise BadProvider(setting=_K)
    return found


def place_of(keys: Path, tenant: str) -> Place:
    """Where the key of one tenant is; `NoKeys` if the file names others only."""
    found = places(keys)
    if found is None:
        return LOCAL
    if tenant not in found:
        raise NoKeys
    return found[tenant]


def _can_be(setting: ProviderSetting, value: str, known: frozenset[ProviderSetting]) -> bool:
    if setting not in known or not _LINE.fullmatch(value):
        return False
    if setting is ProviderSetting.ENDPOINT:
        return bool(_SAFE.fullmatch(value))
    if setting is ProviderSetting.MODULE:
        return value.startswith("/")
    return setting is not ProviderSetting.ACCESS_TOKEN or value == YES
