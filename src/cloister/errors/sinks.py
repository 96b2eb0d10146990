"""What is not sent to another system."""

from __future__ import annotations

from enum import Enum

from cloister.errors.refusal import CloisterError
from cloister.errors.settings import Refused


class TargetFlaw(Enum):
    """Why nothing is sent to an address."""

    FORM = "it is not plainly https:// with a public name or number"
    UNKNOWN = "no machine of that name was found"
    NEARBY = "it means a machine that is not public, and whose network was not named for it"


class TargetRefused(Refused):
    """An address that nothing is sent to."""

    code, status = "target-refused", 422
    says = "Nothing is sent to this address: {why}."


class NotDelivered(CloisterError):
    """The system at an address did not take what was sent, or was not the one that was meant."""

    code, status = "not-delivered", 502
    says = "The other system did not take it (HTTP status {status}, 0 for none). It is sent again for a while."
