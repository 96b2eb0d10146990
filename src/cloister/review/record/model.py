"""The decision record as one value: what every export of it is written from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cloister.model import Artefact
from cloister.policy import Policy, explain, times
from cloister.review import answers, standing
from cloister.review.answers import Answer, Told
from cloister.review.claims import Claim
from cloister.review.record.text import clean
from cloister.review.result import Review
from cloister.review.signed import Act, Word
from cloister.review.verdict import Exhibit, Finding, Verdict

WORDS = {verdict: verdict.value.replace("-", " ").upper() for verdict in Verdict}
"""What a verdict is called wherever a person reads it."""
ORDER = (
    Verdict.REFUTED,
    Verdict.STALE,
    Verdict.INCONCLUSIVE,
    Verdict.OPEN,
    Verdict.NOT_CLAIMED,
    Verdict.ATTESTED,
    Verdict.VERIFIED,
)
"""From the worst to the best."""
SHOWN = 50
"""So many exhibits of a claim are shown; all are in the evidence."""


@dataclass(frozen=True, slots=True)
class Row:
    """One claim with its finding. `claim` is None for a finding of a claim that is not in the list."""

    claim: Claim | None
    finding: Finding

    @property
    def exhibits(self) -> tuple[Exhibit, ...]:
        """What a person is shown of what speaks against it."""
        return self.finding.exhibits[:SHOWN]

    @property
    def more(self) -> str:
        """In words, how many exhibits are left to review.json."""
        left = len(self.finding.exhibits) - SHOWN
        return f"and {left:,} more, in review.json" if left > 0 else ""

    @property
    def repeats(self) -> bool:
        """Whether the reason says no more than the grounds do."""
        verified = self.finding.verdict is Verdict.VERIFIED
        return verified or set(self.finding.reason.split("; ")) <= {ground.why for ground in self.finding.grounds}

    @property
    def says(self) -> str:
        """What is claimed, in our words."""
        return self.claim.says if self.claim else "A claim of another version of Cloister."

    @property
    def recall(self) -> str:
        """In words, how many of the seeded leaks the scanner found."""
        recall = self.finding.coverage.recall
        return "not measured" if recall is None else f"{recall:.1%} of seeded leaks found"


@dataclass(frozen=True, slots=True)
class KindRow:
    """What the policy says of one kind of document, in words. Titles, sinks and people are the owner's text."""

    title: str
    level: str
    places: str
    kept: tuple[tuple[str, str], ...]
    """Each artefact, and for how long."""
    people: str
    sinks: tuple[str, ...]
    owner: str
    approver: str


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that a record says. `review` is as it stands on `as_of`; text of the target in it is still raw.

    `self_signed` says that the evidence was signed with a key made for the run, `signer` is that key's fingerprint.
    """

    review: Review
    policy: Policy
    as_of: date
    until: date
    overdue: bool
    rows: tuple[Row, ...]
    answers: tuple[Answer, ...]
    five: tuple[Told, ...]
    words: tuple[Word, ...]
    signer: str
    self_signed: bool

    @property
    def verdict(self) -> Verdict:
        """What it comes to."""
        return self.review.verdict

    @property
    def subject(self) -> str:
        """What was reviewed, as a title can show it."""
        return clean(" ".join(self.review.command) or self.review.target)

    @property
    def approvals(self) -> tuple[Word, ...]:
        """Who took the decision, as far as it still holds."""
        return tuple(word for word in self.words if word.act is Act.APPROVE and word.holds(self.as_of))

    @property
    def status(self) -> str:
        """As MADR has it: rejected if a claim is refuted, accepted once somebody approved, else proposed."""
        if self.verdict is Verdict.REFUTED:
            return "rejected"
        return "accepted" if self.approvals else "proposed"

    @property
    def late(self) -> str:
        """In words, why it is overdue; "" where it is not."""
        if not self.overdue:
            return ""
        if self.policy.review.due() is None:
            return "Nobody has signed off this policy yet: its review is due now."
        return f"Overdue since {self.until.isoformat()}: what was verified is stale. Review again."

    @property
    def kinds(self) -> tuple[KindRow, ...]:
        """What the policy says of each kind of document."""
        told = []
        for name, kind in self.policy.kinds.items():
            rule = self.policy.rule(name, kind.level)
            told.append(
                KindRow(
                    kind.title,
                    kind.level.value,
                    "; ".join(explain.PLACES[place] for place in rule.placements) or "nowhere",
                    tuple((explain.LABELS[each], times.spoken(rule.retention.of(each))) for each in Artefact),
                    ", ".join(explain.PEOPLE[role] for role in rule.level.read) or "nobody",
                    tuple(self.policy.sinks[sink].title for sink in rule.sinks),
                    kind.document_owner,
                    kind.approved_by,
                )
            )
        return tuple(told)

    @property
    def hashes(self) -> dict[str, str]:
        """What the evidence is bound to."""
        review = self.review
        return {
            "policy": review.policy_sha256,
            "tool": review.tool_sha256 or "none to hash",
            "verifier": review.verifier_sha256,
            "documents": review.samples_sha256,
            "nonce": review.nonce,
        }

    def counts(self) -> dict[Verdict, int]:
        """How many claims came to each verdict. Nothing is summed up with anything."""
        found = Counter(row.finding.verdict for row in self.rows)
        return {verdict: found[verdict] for verdict in ORDER if found[verdict]}

    def limits(self) -> tuple[str, ...]:
        """What was not looked at, each once."""
        told = [limit for row in self.rows for limit in row.finding.coverage.limits]
        return tuple(dict.fromkeys((*self.review.notes, *told)))


def make(
    review: Review,
    policy: Policy,
    words: Iterable[Word],
    today: date,
    *,
    signer: str,
    self_signed: bool,
    changed: Iterable[str] | None = None,
) -> Record:
    """The record of a review as it stands on a day. `changed` is what a comparison with an earlier one gave."""
    words = tuple(words)
    stands = standing.on(review, policy, words, today)
    known = {claim.id: claim for claim in standing.MANDATORY}
    return Record(
        stands,
        policy,
        today,
        standing.until(review, policy),
        standing.overdue(review, policy, today),
        tuple(Row(known.get(finding.claim), finding) for finding in stands.findings),
        answers.every(stands, policy, words, today),
        answers.five(stands, policy, changed),
        words,
        signer,
        self_signed,
    )
