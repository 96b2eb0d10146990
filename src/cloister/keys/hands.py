"""Opening the key of a tenant where it is, and making it there: in this process, or, for `apart`, in another one."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Protocol

from cloister.errors import CloisterError, MissingPart, NoKeys, ProviderSetting
from cloister.keys.places import Place
from cloister.keys.providers import TenantKey, prove
from cloister.keys.secret import Secret
from cloister.policy.values import KeyProvider

_MODULES = {
    KeyProvider.PKCS11: "pkcs11",
    KeyProvider.AWS_KMS: "aws_kms",
    KeyProvider.GCP_KMS: "gcp_kms",
    KeyProvider.VAULT: "vault",
}


@dataclass(frozen=True, slots=True)
class Held:
    """The open key of a tenant; `place` is where it is, with names that mean no other key tomorrow."""

    place: Place
    key: TenantKey
    close: Callable[[], None]
    undo: Callable[[], None]
    """Take back what `make` made."""


class Hands(Protocol):
    """What opens and makes a tenant's key. `secret` is empty where the provider needs none."""

    def make(self, place: Place, tenant: str, secret: Secret) -> Held:
        """Make it, or take the one that operations have made; proved, and nothing is left where that fails."""

    def open(self, place: Place, tenant: str, secret: Secret) -> Held:
        """Open it. One that is gone says so when it is used."""


class Ring(Protocol):
    """The open keys of all tenants of a vault; `local.Keyring` is one."""

    def tenant(self, tenant: str) -> TenantKey:
        """The key of one; `NoKeys` if it has none."""

    def close(self) -> None:
        """Forget them."""


class Elsewhere:
    """The `Ring` of keys that are with other providers."""

    def __init__(self, held: Mapping[str, Held]) -> None:
        self._held = held

    def tenant(self, tenant: str) -> TenantKey:
        """The key of one; `NoKeys` if it has none."""
        if tenant not in self._held:
            raise NoKeys
        return self._held[tenant].key

    def close(self) -> None:
        """Let go of the providers."""
        for held in self._held.values():
            held.close()


class Here:
    """In this process."""

    def make(self, place: Place, tenant: str, secret: Secret) -> Held:
        """As `Hands` says: `KeysExist`, `KeyRefused`, `KeyProviderUnreachable`, `SealedDataDamaged`, `MissingPart`."""
        held = _held(place, tenant, secret, new=True)
        try:
            prove(held.key)
        except BaseException:
            held.undo()
            held.close()
            raise
        return held

    def open(self, place: Place, tenant: str, secret: Secret) -> Held:
        """As `Hands` says: `KeyRefused`, `KeyProviderUnreachable`, `MissingPart`."""
        return _held(place, tenant, secret, new=False)


def _held(place: Place, tenant: str, secret: Secret, *, new: bool) -> Held:
    try:
        module = importlib.import_module(f"cloister.keys.providers.{_MODULES[place.provider]}")
    except ImportError:
        raise MissingPart(part=place.provider) from None
    return _OPENERS[place.provider](module, place, tenant, secret, new=new)


def _pkcs11(module: ModuleType, place: Place, tenant: str, secret: Secret, *, new: bool) -> Held:
    settings = place.settings
    token = module.Token(Path(settings[ProviderSetting.MODULE]), settings[ProviderSetting.TOKEN_LABEL], secret)
    label = settings[ProviderSetting.KEY_NAME]
    if not new:
        return Held(place, module.Pkcs11Key(token, tenant, label), token.close, _nothing)
    try:
        key = token.make(tenant, label)
    except BaseException:
        token.close()
        raise

    def undo() -> None:
        with suppress(CloisterError):  # what failed is told; a key that nothing was sealed under may stay behind
            key.destroy(0)

    return Held(place, key, token.close, undo)


def _aws(module: ModuleType, place: Place, tenant: str, secret: Secret, *, new: bool) -> Held:
    del secret
    name = place.settings[ProviderSetting.KEY_NAME]
    kms = module.client(place.settings[ProviderSetting.REGION], place.settings.get(ProviderSetting.ENDPOINT))
    arn = module.arn_of(kms, name) if new else name
    meant = replace(place, settings={**place.settings, ProviderSetting.KEY_NAME: arn})
    return Held(meant, module.AwsKey(kms, arn, tenant), kms.close, _nothing)


def _gcp(module: ModuleType, place: Place, tenant: str, secret: Secret, *, new: bool) -> Held:
    del new
    session = module.session(secret if ProviderSetting.ACCESS_TOKEN in place.settings else None)
    endpoint = place.settings.get(ProviderSetting.ENDPOINT, module.ENDPOINT)
    key = module.GcpKey(session, place.settings[ProviderSetting.KEY_NAME], tenant, endpoint)
    return Held(place, key, session.close, _nothing)


def _vault(module: ModuleType, place: Place, tenant: str, secret: Secret, *, new: bool) -> Held:
    del new
    client = module.client(place.settings[ProviderSetting.ENDPOINT], secret)
    mount = place.settings.get(ProviderSetting.MOUNT, module.MOUNT)
    key = module.VaultKey(client, place.settings[ProviderSetting.KEY_NAME], tenant, mount)
    return Held(place, key, client.adapter.close, _nothing)


def _nothing() -> None:
    """Operations made the key, and it stays theirs."""


_OPENERS: dict[KeyProvider, Callable[..., Held]] = {
    KeyProvider.PKCS11: _pkcs11,
    KeyProvider.AWS_KMS: _aws,
    KeyProvider.GCP_KMS: _gcp,
    KeyProvider.VAULT: _vault,
}
