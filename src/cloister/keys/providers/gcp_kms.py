"""A tenant's key in Google Cloud KMS, over its REST API (v1). Destruction is scheduled and can be taken back till then.

The client library would bring gRPC along, so the six calls that are needed are made here; google-auth signs them.
"""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

import google.auth
import requests
from google.auth.credentials import Credentials as Signer
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import AuthorizedSession
from google.oauth2.credentials import Credentials

from cloister.errors import KeyAct, KeyGone, KeyProviderUnreachable, KeyRefused
from cloister.keys.providers import End, Ending, Word, digest
from cloister.keys.secret import Secret

ENDPOINT = "https://cloudkms.googleapis.com"
_SCOPE = "https://www.googleapis.com/auth/cloudkms"
_WAIT = 10
_SERVER, _BAD = 500, 400
_PAGES = 100


def session(token: Secret | None = None) -> requests.Session:
    """A session that signs with an access token, or, without one, with the credentials that Google's settings name."""
    try:
        signer: Signer
        if token is not None:
            signer = Credentials(token.open().decode())  # type: ignore[no-untyped-call] # google-auth's own
        else:
            signer, _ = google.auth.default(scopes=[_SCOPE])
    except (GoogleAuthError, UnicodeDecodeError):
        raise KeyRefused(act=KeyAct.DESCRIBE) from None
    signing: requests.Session = AuthorizedSession(signer)  # type: ignore[no-untyped-call] # the same
    return signing


class GcpKey:
    """One tenant's key: `projects/…/locations/…/keyRings/…/cryptoKeys/…`, made for it by operations.

    The session is google-auth's `AuthorizedSession`, or another that signs what it sends.
    """

    def __init__(self, session: requests.Session, name: str, tenant: str, endpoint: str = ENDPOINT) -> None:
        self._session = session
        self._name = name
        self._tenant = tenant
        self._endpoint = endpoint

    @property
    def tenant(self) -> str:
        """Whose it is."""
        return self._tenant

    def wrap(self, key: Secret | bytes, bound: bytes) -> bytes:
        """With the primary version."""
        held = bytes(key.open()) if isinstance(key, Secret) else key
        body = {"plaintext": _text(held), "additionalAuthenticatedData": _text(digest(bound))}
        return _bytes(self._call(KeyAct.WRAP, "POST", f"{self._name}:encrypt", body), "ciphertext")

    def unwrap(self, wrapped: bytes, bound: bytes) -> Secret:
        """With the version that the ciphertext names."""
        body = {"ciphertext": _text(wrapped), "additionalAuthenticatedData": _text(digest(bound))}
        return Secret(bytearray(_bytes(self._call(KeyAct.UNWRAP, "POST", f"{self._name}:decrypt", body), "plaintext")))

    def rotate(self) -> None:
        """Make a version, and make it the primary one."""
        made = self._call(KeyAct.ROTATE, "POST", f"{self._name}/cryptoKeyVersions", {})
        number = str(made["name"]).rpartition("/")[2]
        self._call(KeyAct.ROTATE, "POST", f"{self._name}:updatePrimaryVersion", {"cryptoKeyVersionId": number})

    def disable(self, now: int) -> End:
        """Disable every enabled version."""
        for name in self._versions({"ENABLED"}):
            self._call(KeyAct.DISABLE, "PATCH", f"{name}?updateMask=state", {"state": "DISABLED"})
        return End(Ending.DISABLED, now, None, Word.SERVICE)

    def destroy(self, now: int) -> End:
        """Schedule the destruction of every version; the last of their dates counts."""
        versions = self._versions({"ENABLED", "DISABLED"})
        if not versions:
            raise KeyGone
        answers = [self._call(KeyAct.DESTROY, "POST", f"{name}:destroy", {}) for name in versions]
        until = max(datetime.fromisoformat(str(answer["destroyTime"])) for answer in answers)
        return End(Ending.SCHEDULED, now, int(until.timestamp()), Word.SERVICE)

    def _versions(self, states: set[str]) -> list[str]:
        found, page = [], ""
        for _ in range(_PAGES):
            answer = self._call(KeyAct.DESCRIBE, "GET", f"{self._name}/cryptoKeyVersions?pageToken={page}", None)
            found += [str(each["name"]) for each in answer.get("cryptoKeyVersions", []) if each["state"] in states]
            page = answer.get("nextPageToken", "")
            if not page:
                return found
        raise KeyRefused(act=KeyAct.DESCRIBE)

    def _call(self, act: KeyAct, method: str, path: str, body: dict[str, str] | None) -> dict[str, Any]:
        url = f"{self._endpoint}/v1/{path}"
        try:
            answer = self._session.request(method, url, json=body, timeout=_WAIT, allow_redirects=False)
            if answer.status_code >= _SERVER:
                raise KeyProviderUnreachable
            held = answer.json()
        except (requests.ConnectionError, requests.Timeout, GoogleAuthError):
            raise KeyProviderUnreachable from None
        except (requests.RequestException, ValueError):
            raise KeyRefused(act=act) from None
        if answer.status_code >= _BAD or not isinstance(held, dict):
            raise KeyRefused(act=act)
        return held


def _text(held: bytes) -> str:
    return base64.b64encode(held).decode()


def _bytes(answer: dict[str, Any], key: str) -> bytes:
    try:
        return base64.b64decode(answer[key], validate=True)
    except (KeyError, ValueError, TypeError):
        raise KeyRefused(act=KeyAct.UNWRAP) from None
