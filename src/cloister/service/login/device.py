"""Signing in where no browser is, by the device flow (RFC 8628): the side of the program that asks.

    prompt = begin(provider)
    print(prompt.address, prompt.code)
    tokens = wait(provider, prompt)

Tokens are handed over as `Plain`, and are written nowhere. None is looked into: whoever takes one has to check it.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cloister.errors import ProviderFlaw, ProviderUnreachable, SignInFlaw, SignInRefused
from cloister.model import Plain
from cloister.service.login.provider import NOT_US, Provider, error_of

_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_LEAST, _MOST = 1.0, 60.0
_USUAL = 5.0
"""Seconds between two questions, where the provider does not say; and how many more after each `slow_down`."""
_LONGEST = 1800.0
_CODE = re.compile(r"[!-~](?:[ -~]{0,62}[!-~])?", re.ASCII)
_TOKEN = re.compile(r"[!-~]{1,16384}", re.ASCII)
_ENDS = {"access_denied": SignInFlaw.DENIED, "expired_token": SignInFlaw.TIME}
_BRIEF = frozenset({ProviderFlaw.UNREACHABLE, ProviderFlaw.LATE, ProviderFlaw.BUSY})
"""What may pass by itself while a person still types."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What to show to a person: `code`, to be entered at `address`; `whole` leads there with the code filled in.

    All are printable ASCII, and both addresses stand at the provider. `held` is what the program asks with, every
    `interval` seconds and for no more than `seconds`.
    """

    address: str
    code: str
    whole: str | None
    seconds: float
    interval: float
    held: Plain


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the provider gives. `seconds`: how long the access token is good for, 0 where it does not say."""

    access: Plain
    id: Plain | None
    seconds: float


def begin(provider: Provider) -> Prompt:
    """Ask for a code; `ProviderUnreachable` also if the provider has no device flow, or not for this client."""
    endpoint = provider.endpoints().device
    if endpoint is None:
        raise ProviderUnreachable(why=ProviderFlaw.STRANGE)
    taken, said = provider.post(endpoint, {"scope": " ".join(provider.client.scopes)})
    if not taken:
        raise ProviderUnreachable(why=ProviderFlaw.REFUSED)
    whole = said.get("verification_uri_complete")
    return Prompt(
        provider.allowed(said.get("verification_uri")),
        _text(said, "user_code", _CODE).decode("ascii"),
        None if whole is None else provider.allowed(whole),
        _number(said, "expires_in", _LEAST, _LONGEST, _LONGEST),
        _number(said, "interval", _LEAST, _MOST, _USUAL),
        Plain(_text(said, "device_code", _TOKEN)),
    )


def wait(
    provider: Provider,
    prompt: Prompt,
    *,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Tokens:
    """Wait until the person has agreed. `SignInRefused`: DENIED if they have not, TIME if it took too long.

    A provider that cannot be reached for a moment is asked again, more slowly (section 3.5).
    """
    ends, interval = clock() + prompt.seconds, prompt.interval
    while clock() + interval < ends:
        sleep(interval)
        try:
            found = poll(provider, prompt)
        except ProviderUnreachable as refusal:
            if refusal.facts["why"] not in _BRIEF:
                raise
            interval = min(2 * interval, _MOST)
            continue
        if isinstance(found, Tokens):
            return found
        interval = min(interval + found, _MOST)
    raise SignInRefused(why=SignInFlaw.TIME)


def poll(provider: Provider, prompt: Prompt) -> Tokens | float:
    """Ask once: the tokens, or by how many seconds longer to wait from now on before asking again."""
    form = {"grant_type": _GRANT, "device_code": prompt.held.open().decode("ascii")}
    taken, said = provider.post(provider.endpoints().token, form)
    if taken:
        token = None if said.get("id_token") is None else Plain(_text(said, "id_token", _TOKEN))
        return Tokens(Plain(_text(said, "access_token", _TOKEN)), token, _number(said, "expires_in", 0, 1e9, 0))
    error = error_of(said)
    if error == "authorization_pending":
        return 0.0
    if error == "slow_down":
        return _USUAL
    if error in NOT_US:
        raise ProviderUnreachable(why=ProviderFlaw.REFUSED)
    raise SignInRefused(why=_ENDS.get(error, SignInFlaw.CODE))


def _text(said: Mapping[str, object], name: str, shape: re.Pattern[str]) -> bytes:
    value = said.get(name)
    if not isinstance(value, str) or not shape.fullmatch(value):
        raise ProviderUnreachable(why=ProviderFlaw.STRANGE)
    return value.encode("ascii")


def _number(said: Mapping[str, object], name: str, least: float, most: float, usual: float) -> float:
    """A number of seconds within bounds, whatever the provider says."""
    value = said.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(min(value, most)):
        raise ProviderUnreachable(why=ProviderFlaw.STRANGE)
    return float(min(max(value, least), most))
