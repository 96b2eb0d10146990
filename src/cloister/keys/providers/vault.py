"""A tenant's key in the transit engine of HashiCorp Vault or OpenBao, through hvac.

Tink's own integration refuses associated data, so it is not used. An old server ignores associated data in silence:
`prove` (see `cloister.keys.providers`) finds that out before any key is trusted to it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import hvac
import requests
from hvac.exceptions import InternalServerError, InvalidPath, VaultDown, VaultError

from cloister.errors import KeyAct, KeyProviderUnreachable, KeyRefused, NotOffered
from cloister.keys.providers import End, Ending, Word, digest
from cloister.keys.secret import Secret

MOUNT = "transit"
_WAIT = 10


def client(address: str, token: Secret, namespace: str | None = None) -> hvac.Client:
    """A client that follows no redirect and does not wait for ever."""
    held = token.open().decode()
    return hvac.Client(url=address, token=held, namespace=namespace, timeout=_WAIT, allow_redirects=False)


class VaultKey:
    """One tenant's key: the name of an `aes256-gcm96` key that operations have made for it."""

    def __init__(self, vault: hvac.Client, name: str, tenant: str, mount: str = MOUNT) -> None:
        self._transit = vault.secrets.transit
        self._name = name
        self._tenant = tenant
        self._mount = mount

    @property
    def tenant(self) -> str:
        """Whose it is."""
        return self._tenant

    def wrap(self, key: Secret | bytes, bound: bytes) -> bytes:
        """Vault's own ciphertext, which names the version."""
        held = bytes(key.open()) if isinstance(key, Secret) else key
        call = self._transit.encrypt_data
        answer = self._call(KeyAct.WRAP, call, plaintext=_text(held), associated_data=_text(digest(bound)))
        return _field(answer, "ciphertext").encode()

    def unwrap(self, wrapped: bytes, bound: bytes) -> Secret:
        """With the version that the ciphertext names."""
        held = wrapped.decode("ascii", errors="replace")
        call = self._transit.decrypt_data
        answer = self._call(KeyAct.UNWRAP, call, ciphertext=held, associated_data=_text(digest(bound)))
        try:
            return Secret(bytearray(base64.b64decode(_field(answer, "plaintext"), validate=True)))
        except ValueError:
            raise KeyRefused(act=KeyAct.UNWRAP) from None

    def rotate(self) -> None:
        """Add a version."""
        self._call(KeyAct.ROTATE, self._transit.rotate_key)

    def disable(self, now: int) -> End:
        """Transit has no way to: `NotOffered`."""
        del now
        raise NotOffered(act=KeyAct.DISABLE)

    def destroy(self, now: int) -> End:
        """Allow its deletion, delete it, and look that it is gone. Vault's own backups are Vault's affair."""
        self._call(KeyAct.DESTROY, self._transit.update_key_configuration, deletion_allowed=True)
        self._call(KeyAct.DESTROY, self._transit.delete_key)
        try:
            self._transit.read_key(self._name, mount_point=self._mount)
        except InvalidPath:
            return End(Ending.DESTROYED, now, now, Word.SERVICE)
        except (requests.RequestException, VaultError):
            raise KeyProviderUnreachable from None
        raise KeyRefused(act=KeyAct.DESTROY)

    def _call(self, act: KeyAct, call: Callable[..., Any], **arguments: object) -> object:
        try:
            return call(self._name, mount_point=self._mount, **arguments)
        except (requests.ConnectionError, requests.Timeout, VaultDown, InternalServerError):
            raise KeyProviderUnreachable from None
        except (requests.RequestException, VaultError, ValueError):
            raise KeyRefused(act=act) from None


def _text(held: bytes) -> str:
    return base64.b64encode(held).decode()


def _field(answer: object, name: str) -> str:
    data = answer.get("data") if isinstance(answer, dict) else None
    held = data.get(name) if isinstance(data, dict) else None
    if not isinstance(held, str):
        raise KeyRefused(act=KeyAct.UNWRAP)
    return held
