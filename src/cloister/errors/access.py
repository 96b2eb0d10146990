"""What access refuses. It never says whether the thing that was asked for is there."""

from __future__ import annotations

from enum import Enum

from cloister.errors.settings import BadSettings, Refused


class AccessDenied(Refused):
    """Whoever asks may not do this, or not with this."""

    code, status = "access-denied", 403
    says = "You may not do this, or not with this. Ask who gives roles in your organisation, or a policy owner."


class TokenRefused(Refused):
    """A service key, link or session that is none, or none any more. It is never said which."""

    code, status = "token-refused", 401
    says = "This key, link or session is not valid, or no longer. Ask whoever gave it to you for a new one, or sign in."


class SignInFlaw(Enum):
    """Why the word of an OpenID provider is not believed."""

    FORM = "form"
    KEY = "key"
    SIGNATURE = "signature"
    ISSUER = "issuer"
    AUDIENCE = "audience"
    TIME = "time"
    NONCE = "nonce"


class SignInRefused(Refused):
    """What came back from the OpenID provider does not say that this person has just signed in, to us."""

    code, status = "sign-in-refused", 401
    says = "Your sign-in could not be checked ({why}). Sign in again; if that does not help, ask who runs this service."


class AccessUnsound(BadSettings):
    """The rules of access are not those that were shipped, or not free of errors."""

    code = "access-unsound"
    says = (
        "The rules of access of this installation cannot be relied on, and nothing starts with them. Install it again."
    )
