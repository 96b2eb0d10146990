"""The OpenID provider: what it says of itself (OpenID Connect Discovery 1.0), its keys, and what it gives for a code.

Who runs the service names one issuer. It has to call itself by that name, and its other addresses have to stand at its
own host or at one that was set beside it, so that no answer sends a code, a secret or a person anywhere else.
"""

from __future__ import annotations

import json
import re
import ssl
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import BoundedSemaphore

from cloister.errors import BadSignIn, ProviderFlaw, ProviderUnreachable, SignInFlaw, SignInRefused, SignInSetting
from cloister.model import Plain
from cloister.service.login.address import Address, parsed
from cloister.service.login.cached import Cached
from cloister.service.login.http import SECONDS, Answer, ask, escaped
from cloister.sign.id_token import Provider as Signer
from cloister.sign.id_token import SignedIn, keys_of, verified

AT_ONCE = 16
"""Requests that may wait for the provider: more would take every thread of the service."""
_OK, _NO = 200, frozenset({400, 401, 403})
NOT_US = frozenset({"invalid_client", "unauthorized_client"})
"""What a provider says where the settings do not fit its own."""
_WORD = re.compile(r"[!-~]{1,255}", re.ASCII)
_SCOPE = re.compile(r"[!#-\[\]-~]{1,100}", re.ASCII)
_DISCOVERY = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Client:
    """What a provider knows this service as. Without a secret it is a public client. `groups` names the claim."""

    id: str
    secret: Plain | None = None
    scopes: tuple[str, ...] = ("openid",)
    groups: str = "groups"

    def __post_init__(self) -> None:
        named = _WORD.fullmatch(self.id) and _WORD.fullmatch(self.groups) and all(map(_SCOPE.fullmatch, self.scopes))
        if not named or "openid" not in self.scopes:
            raise BadSignIn(setting=SignInSetting.CLIENT)
        if self.secret is not None and not (len(self.secret) and self.secret.open().isascii()):
            raise BadSignIn(setting=SignInSetting.SECRET)


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a provider takes what. `names_itself`: its answers in a browser say who gave them (RFC 9207)."""

    authorization: str
    token: Address
    keys: Address
    device: Address | None
    names_itself: bool


class Provider:
    """One provider, and what is known of it for now. `clock` gives seconds since 1970."""

    def __init__(
        self,
        issuer: str,
        client: Client,
        hosts: tuple[str, ...] = (),
        *,
        clock: Callable[[], float] = time.time,
        context: ssl.SSLContext | None = None,
        seconds: float = SECONDS,
    ) -> None:
        """Ask nothing yet; `BadSignIn` for an issuer or a host (https://NAME) that is none."""
        self.issuer, self.client = issuer, client
        self._base = _set(issuer, SignInSetting.ISSUER)
        others = [_set(host, SignInSetting.HOSTS) for host in hosts]
        if "?" in self._base.path:
            raise BadSignIn(setting=SignInSetting.ISSUER)
        if any(other.path != "/" for other in others):
            raise BadSignIn(setting=SignInSetting.HOSTS)
        self._origins = {self._base.origin, *(other.origin for other in others)}
        self._clock, self._context, self._seconds = clock, context, seconds
        self._places = BoundedSemaphore(AT_ONCE)
        self._endpoints = Cached(self._discover, clock)
        self._signer = Cached(self._fetch_keys, clock)

    def endpoints(self) -> Endpoints:
        """Where it takes what."""
        if (known := self._endpoints.known()) is not None:
            return known
        with self._place():
            return self._endpoints.get()

    def signed_in(self, form: Mapping[str, str], nonce: str) -> SignedIn:
        """Who signed in, by the ID token that it gives for a form with a code. No other token is looked at."""
        with self._place():
            token = self._token(form).get("id_token")
            if not isinstance(token, str):
                raise SignInRefused(why=SignInFlaw.FORM)
            return self._checked(token, nonce)

    def post(self, to: Address, form: Mapping[str, str]) -> tuple[bool, Mapping[str, object]]:
        """Send a form as this client: whether it was taken, and the JSON that came with either answer."""
        with self._place():
            return self._post(to, form)

    def allowed(self, url: object) -> str:
        """An address that the provider named, if it stands where the provider does."""
        try:
            if isinstance(url, str) and parsed(url).origin in self._origins:
                return url
        except ValueError:
            pass
        raise ProviderUnreachable(why=ProviderFlaw.ENDPOINT)

    def _token(self, form: Mapping[str, str]) -> Mapping[str, object]:
        taken, said = self._post(self._endpoints.get().token, form)
        if taken:
            return said
        if error_of(said) in NOT_US:
            raise ProviderUnreachable(why=ProviderFlaw.REFUSED)
        raise SignInRefused(why=SignInFlaw.CODE)

    def _post(self, to: Address, form: Mapping[str, str]) -> tuple[bool, Mapping[str, object]]:
        client, headers, body = self.client, {}, dict(form)
        if client.secret is None:
            body["client_id"] = client.id
        else:
            both = f"{escaped(client.id)}:{escaped(client.secret.open().decode('ascii'))}"
            headers["Authorization"] = f"Basic {b64encode(both.encode('ascii')).decode('ascii')}"
        answer = self._ask(to, body, headers)
        said = _object(answer) if answer.status == _OK or answer.status in _NO else {}
        if answer.status == _OK or error_of(said):
            return answer.status == _OK, said
        raise ProviderUnreachable(why=ProviderFlaw.STRANGE)

    def _checked(self, token: str, nonce: str) -> SignedIn:
        """Who an ID token is of. A key that is not known is looked for once more at the provider."""
        now = int(self._clock())
        try:
            return verified(token, self._signer.get(), nonce, now)
        except SignInRefused as refusal:
            if refusal.facts["why"] is not SignInFlaw.KEY or not self._signer.renewed():
                raise
        return verified(token, self._signer.get(), nonce, now)

    @contextmanager
    def _place(self) -> Iterator[None]:
        """Hold one of the places of those who may wait; the next is refused at once, and waits nowhere."""
        if not self._places.acquire(blocking=False):
            raise ProviderUnreachable(why=ProviderFlaw.BUSY)
        try:
            yield
        finally:
            self._places.release()

    def _ask(
        self, to: Address, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        return ask(to, form, headers, seconds=self._seconds, context=self._context)

    def _discover(self) -> Endpoints:
        """OpenID Connect Discovery 1.0, section 4."""
        answer = self._ask(self._base._replace(path=self._base.path.rstrip("/") + _DISCOVERY))
        if answer.status != _OK:
            raise ProviderUnreachable(why=ProviderFlaw.STRANGE)
        said = _object(answer)
        if said.get("issuer") != self.issuer:
            raise ProviderUnreachable(why=ProviderFlaw.ISSUER)
        methods = said.get("code_challenge_methods_supported", ["S256"])
        if not isinstance(methods, list) or "S256" not in methods:
            raise ProviderUnreachable(why=ProviderFlaw.NO_PKCE)
        device = said.get("device_authorization_endpoint")
        return Endpoints(
            self.allowed(said.get("authorization_endpoint")),
            parsed(self.allowed(said.get("token_endpoint"))),
            parsed(self.allowed(said.get("jwks_uri"))),
            None if device is None else parsed(self.allowed(device)),
            said.get("authorization_response_iss_parameter_supported") is True,
        )

    def _fetch_keys(self) -> Signer:
        answer = self._ask(self._endpoints.get().keys)
        if answer.status != _OK:
            raise ProviderUnreachable(why=ProviderFlaw.STRANGE)
        try:
            return Signer(self.issuer, self.client.id, keys_of(answer.body), self.client.groups)
        except SignInRefused:
            raise ProviderUnreachable(why=ProviderFlaw.STRANGE) from None


def error_of(said: Mapping[str, object]) -> str:
    """What an answer that says no gives as its reason (RFC 6749, section 5.2)."""
    error = said.get("error")
    return error if isinstance(error, str) else ""


def _set(url: str, setting: SignInSetting) -> Address:
    try:
        return parsed(url)
    except ValueError:
        raise BadSignIn(setting=setting) from None


def _object(answer: Answer) -> Mapping[str, object]:
    """The JSON object that an answer holds."""
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict) or not answer.kind.endswith("json"):
        raise ProviderUnreachable(why=ProviderFlaw.STRANGE)
    return said
