"""What a review comes to where that is no success, and evidence that is not to be believed."""

from __future__ import annotations

from enum import Enum

from cloister.errors.refusal import CloisterError
from cloister.errors.settings import BadSettings


class Broken(Enum):
    """Why evidence is not believed; chosen by us, never by who wrote it."""

    MISSING = "a file of it is missing"
    STRANGE = "a file of it is not of the form that was written"
    SIGNATURE = "a signature does not fit"
    HASH = "a file is not what was signed"
    RECORD = "the record does not say what the evidence says"
    CHAIN = "a line of what people signed was taken out or put in"
    POLICY = "the policy is not the one that was reviewed"
    SIGNER = "it was signed with another key than the one given"


class ReviewFailed(CloisterError):
    """A review that did not come to VERIFIED."""

    code, status, exit = "review-failed", 409, 22
    says = "The review did not come to VERIFIED. Its record says why."


class LeakFound(ReviewFailed):
    """A canary stood where none may be."""

    code, exit = "leak-found", 21
    says = "Something of a document was found where nothing of it may be. The record says where."


class ClaimRefuted(ReviewFailed):
    """A claim does not hold."""

    code = "claim-refuted"
    says = "A claim does not hold. The record says which, and what speaks against it."


class Inconclusive(ReviewFailed):
    """A claim could not be observed, or is not finished."""

    code, exit = "inconclusive", 23
    says = "Not every claim could be judged. The record says which could not, and why."


class Overdue(ReviewFailed):
    """The day until which a review or a policy holds is over."""

    code, exit = "overdue", 24
    says = "The day of the next review is over, so nothing counts as verified any more. Review again."


class DoesNotVerify(CloisterError):
    """Evidence that is not to be believed."""

    code, status, exit = "does-not-verify", 409, 25
    says = "This evidence does not verify: {why}. Do not rely on it; find out who changed it."


class BadKey(BadSettings):
    """A file that is no key to sign with, or that others may read."""

    code = "bad-key"
    says = (
        "This is no private Ed25519 key in PEM, or others may read its file. "
        "Make one with `cloister review key FILE`, and keep its mode at 600."
    )
