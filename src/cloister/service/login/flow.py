"""The authorization code flow of OpenID Connect, with PKCE (RFC 7636) and the rules of RFC 9700.

A person is sent to the provider with a state, a nonce and a challenge that this browser's cookie leads to, and comes
back with a code. It counts once, in the browser that began, from the provider that was asked.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence

from cloister.errors import SignInFlaw, SignInRefused
from cloister.service.login.attempt import SECONDS, Attempt
from cloister.service.login.http import with_query
from cloister.service.login.login import Login
from cloister.sign.id_token import SignedIn

_ASKED = ("state", "code", "iss", "error")
_VALUE = re.compile(r"[ -~]{1,2000}", re.ASCII)
_DENIED = frozenset({"access_denied", "login_required", "consent_required", "interaction_required"})


def begun(login: Login, to: str) -> tuple[str, Attempt]:
    """Where to send a browser, and the attempt that its cookie holds. `to`: where to go on here afterwards."""
    endpoints = login.provider.endpoints()
    attempt = Attempt.new(login.key("attempt"), to, login.now())
    client = login.provider.client
    asked = {
        "response_type": "code",
        "client_id": client.id,
        "redirect_uri": login.callback,
        "scope": " ".join(client.scopes),
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": attempt.challenge,
        "code_challenge_method": "S256",
    }
    return with_query(endpoints.authorization, asked), attempt


def answered(login: Login, query: Sequence[tuple[str, str]], cookie: str | None) -> tuple[SignedIn, str]:
    """Who came back, and where to go on. `query` holds the parameters as they came.

    Nothing is asked of the provider before the answer is known to belong to what this browser began, and it is asked
    once for each: what comes again is refused, whatever it brings along.
    """
    given = _single(query)
    attempt = Attempt.read(login.key("attempt"), cookie or "", login.now())
    if not hmac.compare_digest(given.get("state", ""), attempt.state):
        raise SignInRefused(why=SignInFlaw.STATE)
    if given.get("iss", login.provider.issuer) != login.provider.issuer:
        raise SignInRefused(why=SignInFlaw.ISSUER)  # it was sent to another provider (RFC 9207)
    if "iss" not in given and login.provider.endpoints().names_itself:
        raise SignInRefused(why=SignInFlaw.ISSUER)
    code = given.get("code")
    if "error" in given or code is None:
        denied = code is None and given.get("error") in _DENIED
        raise SignInRefused(why=SignInFlaw.DENIED if denied else SignInFlaw.FORM)
    if not login.sessions.answer(attempt.digest, attempt.begun + 2 * SECONDS, login.now()):
        raise SignInRefused(why=SignInFlaw.REPEATED)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": login.callback,
        "code_verifier": attempt.verifier,
    }
    return login.provider.signed_in(form, attempt.nonce), attempt.to


def _single(query: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The parameters that mean something; `SignInRefused` if one comes twice, or is nothing that was ever sent."""
    found: dict[str, str] = {}
    for name, value in query:
        if name in _ASKED:
            if name in found or not _VALUE.fullmatch(value):
                raise SignInRefused(why=SignInFlaw.FORM)
            found[name] = value
    return found
