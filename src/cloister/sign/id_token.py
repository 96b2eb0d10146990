"""What an OpenID provider says of a person who has signed in: an ID token, of which nothing is believed unchecked.

The checks are those of OpenID Connect Core 1.0, section 3.1.3.7, and of RFC 8725: algorithms by list and never by the
token's word, keys from the provider's own set and never from the token, and every claim that makes it ours.
"""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeGuard

from joserfc import jwt
from joserfc.errors import (
    BadSignatureError,
    ExpiredTokenError,
    InvalidClaimError,
    InvalidKeyIdError,
    JoseError,
    MissingClaimError,
)
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey, RSAKey

from cloister.errors import SignInFlaw, SignInRefused

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")
"""Signatures by a key that only the provider has. None of a shared secret, and not `none`."""
Key = OctKey | RSAKey | ECKey | OKPKey
_KEYS: dict[str, type[RSAKey | ECKey | OKPKey]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
_LEAST_RSA = 2048
_MOST_TOKEN, _MOST_KEYS, _MOST_KEYSET = 16_384, 32, 1 << 16
_MOST_GROUPS, _LONGEST = 500, 255
_OLDEST = 600
"""Seconds since a token was issued: it is checked as soon as it comes."""
_SKEW = 60
_YEAR = 366 * 86_400
_LEADING = frozenset({"jku", "jwk", "x5u", "x5c", "crit", "b64", "zip", "enc"})
"""Header fields that name a key, or ask for another way to read the token."""


@dataclass(frozen=True, slots=True)
class Provider:
    """Who signs: the issuer's address, what it knows us as, where groups stand, and its keys."""

    issuer: str
    client: str
    keys: KeySet
    groups: str = "groups"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person as the provider names them, and their groups there. `until` is when the provider's word ends."""

    subject: str
    groups: frozenset[str]
    until: int


def keys_of(jwks: bytes) -> KeySet:
    """The signing keys of a provider's set (RFC 7517), without any others; `SignInRefused` if none is left."""
    if len(jwks) > _MOST_KEYSET:
        raise SignInRefused(why=SignInFlaw.KEY)
    try:
        held = json.loads(jwks)["keys"]
        rows = [row for row in held if _is_strong(row)]
        keys: list[Key] = [_KEYS[row["kty"]].import_key(row) for row in rows[:_MOST_KEYS]]
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise SignInRefused(why=SignInFlaw.KEY) from None
    if not keys:
        raise SignInRefused(why=SignInFlaw.KEY)
    return KeySet(keys)


def _is_strong(row: Mapping[str, str]) -> bool:
    """Whether this is a public key to check signatures with, and long enough."""
    if row.get("kty") not in _KEYS or row.get("use", "sig") != "sig" or "d" in row:
        return False
    return row["kty"] != "RSA" or int.from_bytes(urlsafe_b64decode(row["n"] + "==")).bit_length() >= _LEAST_RSA


def verified(token: str, provider: Provider, nonce: str, now: int) -> SignedIn:
    """Who signed in, or `SignInRefused`. `nonce` is what was sent along when this person was sent to the provider."""
    if len(token) > _MOST_TOKEN or not token.isascii():
        raise SignInRefused(why=SignInFlaw.FORM)
    claims = _signed(token, provider.keys)
    until = _ours(claims, provider, now)
    given = claims.get("nonce")
    if not isinstance(given, str) or not given.isascii() or not hmac.compare_digest(given.encode(), nonce.encode()):
        raise SignInRefused(why=SignInFlaw.NONCE)
    subject, groups = claims.get("sub"), claims.get(provider.groups, [])
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST:
        raise SignInRefused(why=SignInFlaw.FORM)
    if not isinstance(groups, list) or len(groups) > _MOST_GROUPS or not all(map(_is_name, groups)):
        raise SignInRefused(why=SignInFlaw.FORM)
    return SignedIn(subject, frozenset(groups), until)


def _signed(token: str, keys: KeySet) -> Mapping[str, object]:
    """The claims, which one of these keys has signed."""
    try:
        found = jwt.decode(token, keys, algorithms=ALGORITHMS)
    except BadSignatureError:
        raise SignInRefused(why=SignInFlaw.SIGNATURE) from None
    except InvalidKeyIdError:
        raise SignInRefused(why=SignInFlaw.KEY) from None
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise SignInRefused(why=SignInFlaw.FORM) from None
    if not _LEADING.isdisjoint(found.header):
        raise SignInRefused(why=SignInFlaw.FORM)
    return found.claims


def _ours(claims: Mapping[str, object], provider: Provider, now: int) -> int:
    """Until when it holds; raises unless the provider said it, to us, and lately."""
    wanted = jwt.JWTClaimsRegistry(
        now=now,
        leeway=_SKEW,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": provider.client},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
    )
    try:
        wanted.validate(dict(claims))
    except ExpiredTokenError:
        raise SignInRefused(why=SignInFlaw.TIME) from None
    except (InvalidClaimError, MissingClaimError) as problem:
        raise SignInRefused(why=_FLAWS.get(problem.claim, SignInFlaw.FORM)) from None
    except (JoseError, ValueError, TypeError):
        raise SignInRefused(why=SignInFlaw.FORM) from None
    issued, ends = claims["iat"], claims["exp"]
    if not (_is_near(issued, now) and _is_near(ends, now)) or issued < now - _OLDEST:
        raise SignInRefused(why=SignInFlaw.TIME)
    several = isinstance(audience := claims["aud"], list) and len(audience) > 1
    if (several or "azp" in claims) and claims.get("azp") != provider.client:
        raise SignInRefused(why=SignInFlaw.AUDIENCE)
    return int(ends)


_FLAWS = {
    "iss": SignInFlaw.ISSUER,
    "aud": SignInFlaw.AUDIENCE,
    "exp": SignInFlaw.TIME,
    "iat": SignInFlaw.TIME,
    "nbf": SignInFlaw.TIME,
}


def _is_near(moment: object, now: int) -> TypeGuard[float]:
    """Whether this is a time, and no infinite one, or one of another age."""
    return isinstance(moment, int | float) and abs(moment - now) < _YEAR


def _is_name(group: object) -> bool:
    return isinstance(group, str) and 0 < len(group) <= _LONGEST
