"""What the audit log refuses: to be believed where it does not fit, and to go on where it could not be."""

from __future__ import annotations

from enum import Enum

from cloister.errors.places import FileAccess
from cloister.errors.refusal import CloisterError
from cloister.errors.reviews import DoesNotVerify
from cloister.errors.settings import BadSettings, Refused


class Flaw(Enum):
    """Why a log, a checkpoint, a proof or a receipt is not believed; chosen by us, never by who wrote it."""

    MISSING = "a file of it is missing"
    STRANGE = "something in it is not of the form that is written"
    SIGNATURE = "a signature does not fit"
    SIGNER = "it was signed with another key than the one given"
    EVENT = "an event is not of the form that is written"
    NUMBER = "an event has another number than its place"
    TIME = "an event is older than the one before it"
    ROOT = "the events are not those that were signed"
    SHORT = "events that were signed are missing"
    LONG = "there is more after the last signed event than one append can leave"
    PROOF = "a proof does not fit"
    FORKED = "it is not the log that the witness saw"
    CUT = "the witness saw a longer log"
    UNWITNESSED = "the witness that was named did not sign it"


class Clock(Enum):
    """Which way a clock went."""

    BACK = "back"
    FORWARD = "forward"


class Mute(Enum):
    """Why a witness gave no signature."""

    UNREACHABLE = "it cannot be reached"
    LATE = "it did not answer in time"
    TOO_MUCH = "its answer is too long"
    STRANGE = "its answer is not of the protocol"
    UNKNOWN_LOG = "it does not know this log"
    NOT_SIGNED = "it did not sign with the key that was given"
    REFUSED = "it refused"


class LogDoesNotVerify(DoesNotVerify):
    """A log, or something that was taken from it, that is not to be believed."""

    code = "log-does-not-verify"
    says = "The log does not verify: {why}. Do not rely on it; keep a copy as it is, and find out who changed it."


class LogReadableByOthers(BadSettings):
    """The folder of a log or of a witness, or a file in it, that is not its owner's alone."""

    code = "log-readable-by-others"
    says = "Others may read or change this log. Give the folder mode 700 and its files mode 600, owned by this user."


class LogBusy(FileAccess):
    """Another process writes the log."""

    code, status = "log-busy", 503
    says = "Another process has held the log for {seconds} seconds. Wait for it, or find out why it is stuck."


class LogStopped(FileAccess):
    """An earlier write failed, so nothing more is added until the log is opened again."""

    code, status = "log-stopped", 503
    says = "An earlier write to the log failed, so nothing is added. Check the medium, then start again."


class ClockMoved(Refused):
    """The clock went where no time passed."""

    code, status = "clock-moved", 503
    says = (
        "The clock went {way} by about {seconds} seconds against what the log knows, so nothing is done. "
        "Set it right; if it is right now, a custodian can confirm it."
    )


class NotApproved(Refused):
    """A policy that not enough people have approved."""

    code = "not-approved"
    says = (
        "This policy has {number} of {limit} approvals that it needs against the one in force. "
        "What widens a policy needs two different people, and what does not needs one: `cloister policy approve`."
    )


class WitnessSilent(CloisterError):
    """A witness gave no signature."""

    code, status = "witness-silent", 502
    says = "The witness gave no signature: {why}. The log goes on unwitnessed until it does; ask again."
