"""What a review counts for on a day: what was verified goes stale, people's word fills in, what is missing is said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime

from cloister.policy import Policy
from cloister.review.claims import COMMAND, Claim
from cloister.review.result import Review
from cloister.review.signed import Act, Word
from cloister.review.verdict import Finding, Verdict

MANDATORY: tuple[Claim, ...] = COMMAND
"""Every claim that a record has to speak of."""
_UNSURE = frozenset({Verdict.INCONCLUSIVE, Verdict.OPEN, Verdict.NOT_CLAIMED})
_NO_FINDING = "no check of this claim has run"


def day_of(time: str) -> date:
    """The day of a time or a date as RFC 3339 has it, in UTC."""
    moment = datetime.fromisoformat(time)
    return (moment.astimezone(UTC) if moment.tzinfo else moment).date()


def until(review: Review, policy: Policy) -> date:
    """The last day on which what was verified counts: the review's, or the policy's if that is earlier."""
    due = policy.review.due()
    end = day_of(review.valid_until)
    return min(end, due) if due else end


def overdue(review: Review, policy: Policy, today: date) -> bool:
    """Whether the review does not count any more, or the policy is due. One that nobody ever reviewed is due now."""
    return policy.review.due() is None or today > until(review, policy)


def on(review: Review, policy: Policy, words: Iterable[Word], today: date) -> Review:
    """The review as it stands on a day, with a finding for every mandatory claim."""
    there = {finding.claim for finding in review.findings}
    every = [
        *review.findings,
        *(Finding(claim.id, Verdict.OPEN, _NO_FINDING) for claim in MANDATORY if claim.id not in there),
    ]
    end, words = until(review, policy), tuple(words)
    return replace(review, findings=tuple(_standing(finding, words, end, today) for finding in every))


def _standing(finding: Finding, words: tuple[Word, ...], end: date, today: date) -> Finding:
    if finding.verdict is Verdict.VERIFIED and today > end:
        return replace(finding, verdict=Verdict.STALE, reason=f"verified, until {end.isoformat()}")
    if finding.verdict in _UNSURE and (word := given(finding.claim, words, today)):
        reason = f"attested until {word.expires.isoformat()}; by experiment {finding.verdict.value}: {finding.reason}"
        return replace(finding, verdict=Verdict.ATTESTED, reason=reason)
    return finding


def given(about: str, words: Iterable[Word], today: date) -> Word | None:
    """The latest word on a claim or question that holds today."""
    held = [word for word in words if word.act is Act.ATTEST and word.about == about and word.holds(today)]
    return held[-1] if held else None
