"""What becomes of a jail that does not do what it should."""

from __future__ import annotations

from enum import Enum

from cloister.errors.refusal import CloisterError


class Why(Enum):
    """Reasons a jail's answer is not believed; chosen by us, never by the jail."""

    ENDED_EARLY = "its answer ended early"
    FRAME_TOO_LONG = "a frame above its ceiling"
    UNKNOWN_FRAME = "a frame of an unknown kind"
    BAD_NUMBER = "a number out of range"
    BAD_TEXT = "text that is not text"
    OUT_OF_TURN = "an answer out of turn"
    TOO_MUCH = "more than its ceiling in all"
    SIGNAL = "it was killed by a signal"
    STATUS = "it ended with an error"
    MEMORY = "it ran out of its memory limit"
    NOT_STARTED = "it could not be started"
    NOT_LOCKED = "it could not be locked down"
    NOT_IN_TIME = "it was not ready in time"


class JailFailed(CloisterError):
    """A jailed process died, hung, lied or fell silent. Nothing of its answer was used."""

    code, status, exit = "jail-failed", 502, 7
    says = "The jailed process that handled this file failed: {why}. The file may be hostile or damaged."


class JailDied(JailFailed):
    """A jailed process ended before its answer was complete."""

    code = "jail-died"
    says = "The jailed process that handled this file ended early: {why}. The file may be hostile or damaged."


class JailNotStarted(JailFailed):
    """A jailed process ended before it was ready for any document."""

    code = "jail-not-started"
    says = "A jailed process could not be made ready: {why}. Run `cloister doctor`, or install Cloister again."


class JailLied(JailFailed):
    """A jailed process broke the wire's rules."""

    code = "jail-lied"
    says = "The jailed process that handled this file broke the protocol: {why}. The file is likely hostile."


class TimedOut(JailFailed):
    """A jailed process used up its time."""

    code, status = "timed-out", 504
    says = (
        "This took longer than {seconds} seconds and was stopped. If the document is honest and large, raise "
        "--timeout, or jobs.timeout in the policy of a vault."
    )
