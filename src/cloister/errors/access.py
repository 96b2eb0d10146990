"""What access refuses. It never says whether the thing that was asked for is there."""

from __future__ import annotations

from enum import Enum

from cloister.errors.documents import BadArguments
from cloister.errors.refusal import CloisterError
from cloister.errors.settings import BadSettings, Refused


class AccessDenied(Refused):
    """Whoever asks may not do this, or not with this."""

    code, status = "access-denied", 403
    says = "You may not do this, or not with this. Ask who gives roles in your organisation, or a policy owner."


class TokenRefused(Refused):
    """A service key, link or session that is none, or none any more. It is never said which."""

    code, status = "token-refused", 401
    says = "This key, link or session is not valid, or no longer. Ask whoever gave it to you for a new one, or sign in."


class UnknownServiceKey(BadArguments):
    """An id under which no service key is kept."""

    code, status = "unknown-service-key", 404
    says = "There is no service key of this id, or no longer. `cloister service-keys list` says which there are."


class ServiceKeyNotAllowed(Refused):
    """A service key that the policy gives to nobody."""

    code = "service-key-not-allowed"
    says = (
        "The policy gives no service key like this. Name teams of it whose `service_keys` is at least that long, "
        "and no roles but submitter and reader."
    )


class SignInFlaw(Enum):
    """Why the word of an OpenID provider is not believed."""

    FORM = "form"
    KEY = "key"
    SIGNATURE = "signature"
    ISSUER = "issuer"
    AUDIENCE = "audience"
    TIME = "time"
    NONCE = "nonce"
    STATE = "state"
    """It answers no sign-in that this browser has begun lately."""
    REPEATED = "repeated"
    """It answers one that was answered before."""
    CODE = "code"
    """The provider gives nothing for the code."""
    DENIED = "denied"
    """The person, or the provider, said no."""


class SignInRefused(Refused):
    """What came back from the OpenID provider does not say that this person has just signed in, to us."""

    code, status = "sign-in-refused", 401
    says = "Your sign-in could not be checked ({why}). Sign in again; if that does not help, ask who runs this service."


class NoRole(Refused):
    """A person who has signed in, and whose groups at the provider give nothing here."""

    code, status = "no-role", 403
    says = (
        "You have signed in, but none of your groups gives you a role here. "
        "Ask who gives roles in your organisation to put you into one that does, then sign in again."
    )


class CrossSite(Refused):
    """A change that a browser's session would make, asked for by something else than a page of this service."""

    code, status = "cross-site", 403
    says = (
        "This did not come from a page of this service, so nothing was done. "
        "Open the page again and repeat it there. A program sends its token in the header Authorization instead."
    )


class ProviderFlaw(Enum):
    """Why nobody can sign in through an OpenID provider now."""

    UNREACHABLE = "it cannot be reached, or its certificate does not fit"
    LATE = "it did not answer in time"
    TOO_MUCH = "its answer is too long"
    STRANGE = "its answer is not of the protocol"
    REDIRECTS = "it answers with another address, and none is followed"
    ISSUER = "it calls itself by another name than the issuer that was set"
    ENDPOINT = "it names an address at a host that was not set for it"
    NO_PKCE = "it does not know PKCE with S256"
    REFUSED = "it does not take the client id or secret that was set"
    BUSY = "as many sign-ins as may wait for it do"


class ProviderUnreachable(CloisterError):
    """An OpenID provider that did not answer, or not as it should; nobody signs in without it."""

    code, status = "provider-unreachable", 503
    says = (
        "Nobody can sign in through the OpenID provider now: {why}. Sessions that have begun go on. "
        "Wait, or ask who runs this service to check its settings against the provider's."
    )


class SignInSetting(Enum):
    """What signing in is set up with."""

    ISSUER = "the issuer"
    HOSTS = "the provider's other hosts"
    CLIENT = "client id, scopes and claim"
    SECRET = "client secret"  # noqa: S105 - the name of a setting
    PUBLIC = "the public address"
    KEYS = "the keys of sessions and ids"
    GRANTS = "groups and their roles"
    TIMES = "how long a sign-in lasts"


class BadSignIn(BadSettings):
    """A setting of signing in that is missing or cannot be."""

    code = "bad-sign-in"
    says = "The setting of signing in for {setting} is missing or cannot be. docs/login.md says what it has to be."


class AccessUnsound(BadSettings):
    """The rules of access are not those that were shipped, or not free of errors."""

    code = "access-unsound"
    says = (
        "The rules of access of this installation cannot be relied on, and nothing starts with them. Install it again."
    )
