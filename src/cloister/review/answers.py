"""What each of the reviewer's questions came to, and the five that are asked again at every review."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from cloister.model import Artefact, Placement, Role, Sensitivity
from cloister.policy import Policy, canonical, explain, reach, times
from cloister.policy.values import Level
from cloister.review.questions import PARTLY, QUESTIONS, How, Question, clauses
from cloister.review.result import Review
from cloister.review.signed import Act, Word
from cloister.review.standing import MANDATORY, given, overdue, until
from cloister.review.verdict import Verdict, total

UNDATED = "nobody has signed the policy off"


@dataclass(frozen=True, slots=True)
class Answer:
    """One question, what it came to and why. The evidence: `claims` names findings, `fields` keys of the policy."""

    question: Question
    verdict: Verdict
    because: str
    claims: tuple[str, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """One of the five questions with its answer, in rows of a label and words."""

    asks: str
    rows: tuple[tuple[str, str], ...]


def every(review: Review, policy: Policy, words: Iterable[Word], today: date) -> tuple[Answer, ...]:
    """All questions. `review` is as it stands on `today`."""
    words = tuple(words)
    return tuple(_answer(question, review, policy, words, today) for question in QUESTIONS.values())


def _answer(question: Question, review: Review, policy: Policy, words: tuple[Word, ...], today: date) -> Answer:
    claims = tuple(claim.id for claim in MANDATORY if question.id in claim.asked)
    if claims:
        verdict, because = _by_claims(question, review, claims)
    else:
        verdict, because = _without_claims(question, review, policy, words, today)
    if verdict in {Verdict.OPEN, Verdict.INCONCLUSIVE, Verdict.NOT_CLAIMED}:
        word = given(question.id, words, today)
        if word:
            because = f"attested until {word.expires.isoformat()}; otherwise {verdict.value}: {because}"
            verdict = Verdict.ATTESTED
    return Answer(question, verdict, because, claims, clauses(question.id))


def _by_claims(question: Question, review: Review, claims: tuple[str, ...]) -> tuple[Verdict, str]:
    findings = tuple(finding for finding in review.findings if finding.claim in claims)
    verdict = total(findings)
    same = [finding for finding in findings if finding.verdict is verdict]
    if verdict is Verdict.VERIFIED:
        shown = "by experiment: " + ", ".join(finding.claim for finding in same)
        if question.id in PARTLY:
            return Verdict.OPEN, f"in part {shown}; for the rest no check is built: {question.shown}"
        return verdict, shown
    return verdict, "; ".join(f"{finding.claim}: {finding.reason}" for finding in same)


def _without_claims(
    question: Question, review: Review, policy: Policy, words: tuple[Word, ...], today: date
) -> tuple[Verdict, str]:
    if left_out := _left_out(policy).get(question.id):
        return Verdict.NOT_CLAIMED, left_out
    if question.how is How.RECORD:
        return _RECORD[question.id](review, policy, today)
    if question.id == "N2" and (who := [word.by for word in words if word.act is Act.APPROVE and word.holds(today)]):
        return Verdict.ATTESTED, "approved, and signed, by " + ", ".join(dict.fromkeys(who))
    if question.how is How.POLICY:
        return _signed_off(policy, today)
    said = "the policy speaks of it, and " if clauses(question.id) else ""
    return Verdict.OPEN, f"{said}no check of it is built: {question.shown}"


def _signed_off(policy: Policy, today: date) -> tuple[Verdict, str]:
    """What the policy alone says is the word of those who signed it, until it is due."""
    due = policy.review.due()
    if due is None:
        return Verdict.OPEN, f"the policy says so, and {UNDATED}"
    who = ", ".join(policy.review.approved_by)
    if today > due:
        return Verdict.STALE, f"the policy says so, signed off by {who}, and was due on {due.isoformat()}"
    return Verdict.ATTESTED, f"the policy says so, signed off by {who}, until {due.isoformat()}"


def _left_out(policy: Policy) -> dict[str, str]:
    """The questions of which this policy says nothing, or says that there is no such thing."""
    allowed = {placement for level in _levels(policy) for placement in level.placements}
    told: dict[str, str] = {}
    if not policy.kinds:
        told |= dict.fromkeys(("C0", "C1", "C2", "N1"), "the policy lists no kind of document")
    if Placement.CLOUD not in allowed:
        told["P1"] = "the policy allows no cloud, so nothing is claimed of one"
    if Placement.HYBRID not in allowed:
        told["P3"] = "the policy allows no hybrid placement, so nothing is claimed of one"
    if Placement.PRIVATE not in allowed:
        told["P2"] = "the policy allows no other machines, so nothing is claimed of them"
    if not policy.placements:
        told |= dict.fromkeys(("V1", "V5"), "the policy names no provider")
    if not any(team.groups for team in policy.teams.values()):
        told["A3"] = "the policy names no groups of an identity provider"
    if not policy.sinks:
        told |= dict.fromkeys(("H5", "L3"), "the policy lists no system that outputs are sent to")
    if not any(kind.languages for kind in policy.kinds.values()):
        told["H3"] = "the policy expects no language in particular"
    if not policy.upload.link_expires:
        told |= dict.fromkeys(("U3", "U4"), "the policy allows no upload links")
    return told


def _levels(policy: Policy) -> Iterator[Level]:
    return (policy.levels.of(level) for level in Sensitivity)


class _ByForm:
    """A policy that can be looked up: equal to others of the same canonical form."""

    def __init__(self, policy: Policy) -> None:
        self.policy, self.form = policy, canonical(policy)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByForm) and self.form == other.form

    def __hash__(self) -> int:
        return hash(self.form)


@lru_cache(maxsize=8)
def _astray(by_form: _ByForm) -> tuple[int, int]:
    """How many combinations were tried and how many go astray; thousands, so not twice for the same policy."""
    tried, wrong = reach.astray(by_form.policy)
    return tried, len(wrong)


def _combinations(review: Review, policy: Policy, today: date) -> tuple[Verdict, str]:
    del review, today
    tried, wrong = _astray(_ByForm(policy))
    if wrong:
        return Verdict.REFUTED, f"{wrong:,} of {tried:,} combinations get where they may not"
    return Verdict.VERIFIED, f"{tried:,} combinations of kind, evidence, placement and sink tried; none goes astray"


def _samples(review: Review, policy: Policy, today: date) -> tuple[Verdict, str]:
    del policy, today
    if not review.token_sha256 or not review.runs:
        return Verdict.OPEN, "no documents with canaries were put in"
    count = len(review.token_sha256)
    return Verdict.VERIFIED, f"generated documents with {count} canaries, in {review.runs} runs; all known by hash"


def _on_record(review: Review, policy: Policy, today: date) -> tuple[Verdict, str]:
    del review, today
    if policy.review.due() is None:
        return Verdict.OPEN, f"they are in this record, and {UNDATED}"
    return Verdict.VERIFIED, f"{len(policy.kinds)} kinds with all of these, in this record"


def _hashes(review: Review, policy: Policy, today: date) -> tuple[Verdict, str]:
    del policy, today
    return Verdict.VERIFIED, f"policy {review.policy_sha256[:16]}, verifier {review.verifier_sha256[:16]}, all signed"


def _next(review: Review, policy: Policy, today: date) -> tuple[Verdict, str]:
    if policy.review.due() is None:
        return Verdict.OPEN, f"now: {UNDATED}"
    if overdue(review, policy, today):
        return Verdict.STALE, f"it was due by {until(review, policy).isoformat()}"
    return Verdict.VERIFIED, f"by {until(review, policy).isoformat()}"


def _five(review: Review, policy: Policy, today: date) -> tuple[Verdict, str]:
    del review, policy, today
    return Verdict.VERIFIED, "answered in this record from the policy and the review"


_RECORD: dict[str, Callable[[Review, Policy, date], tuple[Verdict, str]]] = {
    "C3": _combinations,
    "T1": _samples,
    "N1": _on_record,
    "H7": _hashes,
    "V3": _next,
    "V4": _five,
}


def five(review: Review, policy: Policy, changed: Iterable[str] | None = None) -> tuple[Told, ...]:
    """The five questions of every revisit. `changed` is what a comparison with an earlier record gave."""
    if changed is None:
        since: tuple[str, ...] = ("no earlier record was compared",)
    else:
        since = tuple(changed) or ("nothing",)
    return (
        Told("What do we process?", tuple(_processed(review, policy))),
        Told("Where does it live?", tuple(_lives(review, policy))),
        Told("Who can access it?", tuple(_access(policy))),
        Told("How long is it kept?", tuple(_kept(policy))),
        Told("What changed?", tuple(("since the last record", words) for words in since)),
    )


def _processed(review: Review, policy: Policy) -> Iterator[tuple[str, str]]:
    count = Counter(kind.level for kind in policy.kinds.values())
    yield "kinds", ", ".join(f"{count[level]} {level.value}" for level in Sensitivity)
    for kind in policy.kinds.values():
        yield kind.title, f"{kind.level.value}, of {kind.project}, answered for by {kind.document_owner}"
    yield "in this review", f"{review.runs} runs of generated documents, none of anybody"


def _lives(review: Review, policy: Policy) -> Iterator[tuple[str, str]]:
    for level in Sensitivity:
        places = policy.levels.of(level).placements
        yield f"{level.value}, allowed", "; ".join(explain.PLACES[place] for place in places)
    for edge in review.edges:
        if edge.observed:
            said = "declared" if edge.declared else "not declared"
            yield f"observed ({said})", f"{edge.target}: {edge.carries}; {edge.lifetime}; {edge.protection}"


def _access(policy: Policy) -> Iterator[tuple[str, str]]:
    def people(roles: tuple[Role, ...]) -> str:
        return ", ".join(explain.PEOPLE[role] for role in roles) or "nobody"

    for level in Sensitivity:
        held = policy.levels.of(level)
        yield f"{level.value}, content", people(held.read)
        yield f"{level.value}, sizes and times", people(held.metadata)


def _kept(policy: Policy) -> Iterator[tuple[str, str]]:
    for level in Sensitivity:
        kept = policy.levels.of(level).retention
        yield level.value, _times(kept.of)
    for kind in policy.kinds.values():
        yield kind.title, _times(kind.retention.of)


def _times(of: Callable[[Artefact], int]) -> str:
    return ", ".join(f"{explain.LABELS[artefact]} {times.spoken(of(artefact))}" for artefact in Artefact)
