"""The record as Markdown, in the form of MADR 4 (Markdown Any Decision Records) with its front matter.

Text of a target stands in list items and never in tables or headings: there it could end a cell. It goes through
`formats.md.inline`, so that it is text to CommonMark, GitHub and Pandoc; the front matter is JSON's strings.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from cloister.formats.md import inline
from cloister.policy import explain
from cloister.review import draw
from cloister.review.questions import SECTIONS
from cloister.review.record.model import WORDS, Record, Row
from cloister.review.record.text import clean
from cloister.review.verdict import Exhibit, Verdict

MEANS = {
    Verdict.VERIFIED: "shown by experiment, on all four grounds",
    Verdict.REFUTED: "something speaks against it",
    Verdict.INCONCLUSIVE: "it could not be observed",
    Verdict.OPEN: "not finished, or no check is built",
    Verdict.ATTESTED: "a person's word, until a day; never counted as verified",
    Verdict.STALE: "it was verified, and that day is over",
    Verdict.NOT_CLAIMED: "the policy leaves it out",
}


def said(text: str) -> str:
    """Text of a target or a person, in quotation marks, so that it is seen where it begins and ends."""
    return f"“{inline(clean(text))}”"


def write(record: Record) -> str:
    """The whole record."""
    parts = [_front, _context, _outcome, _claims, _path, _policy, _five, _questions, _quality, _people, _evidence]
    return "\n".join(line for part in parts for line in part(record)).rstrip("\n") + "\n"


def _front(record: Record) -> Iterator[str]:
    review = record.review
    facts = {
        "status": record.status,
        "date": record.as_of.isoformat(),
        "decision-makers": [clean(word.by) for word in record.approvals],
        "verdict": record.verdict.value,
        "valid-until": record.until.isoformat(),
        "owner": clean(record.policy.review.owner),
        "policy-sha256": clean(review.policy_sha256),
        "tool-sha256": clean(review.tool_sha256),
        "nonce": clean(review.nonce),
    }
    yield "---"
    for key, value in facts.items():
        yield f"{key}: {json.dumps(value)}"
    yield "---\n"


def _context(record: Record) -> Iterator[str]:
    review, policy = record.review, record.policy
    yield f"# Reading documents with {said(record.subject)}\n"
    if record.late:
        yield f"> **{record.late}**\n"
    yield "## Context and problem statement\n"
    yield (
        f"Does this tool do what the policy {said(policy.policy.name)} says? It was tried out from outside, "
        f"{review.runs} times, on generated documents that belong to nobody, from {clean(review.started)} to "
        f"{clean(review.ended)}. The policy is owned by {said(policy.review.owner)}.\n"
    )


CHOSEN = {
    "accepted": "use it as it is, as long as this record holds",
    "rejected": "do not use it as it is: a claim is refuted",
    "proposed": "not decided yet: nobody has approved this record",
}


def _outcome(record: Record) -> Iterator[str]:
    yield "## Considered options\n"
    yield "- use it as it is, as long as this record holds"
    yield "- do not use it"
    yield "- change the tool or the policy, and review again\n"
    yield "## Decision outcome\n"
    yield f"Chosen: {CHOSEN[record.status]}.\n"
    yield f"Total: **{WORDS[record.verdict]}**, {MEANS[record.verdict]}. Status: {record.status}.\n"
    yield "| claims | verdict | which means |\n|---:|---|---|"
    for verdict, count in record.counts().items():
        yield f"| {count} | {WORDS[verdict]} | {MEANS[verdict]} |"
    yield f"\nIt holds until {record.until.isoformat()}; after that day everything verified is stale.\n"


def _claims(record: Record) -> Iterator[str]:
    yield "## Claims\n"
    for row in record.rows:
        yield from _claim(row)


def _claim(row: Row) -> Iterator[str]:
    finding = row.finding
    yield f"### `{finding.claim}`: **{WORDS[finding.verdict]}**\n"
    yield f"{row.says}\n"
    yield f"- because: {inline(clean(finding.reason))}"
    if row.claim:
        yield f"- answers: {', '.join(row.claim.asked)}"
    for ground in finding.grounds:
        yield f"- {ground.need.value}: {'met' if ground.met else '**not met**'}, {inline(clean(ground.why))}"
    for exhibit in row.exhibits:
        yield f"- against it: {_exhibit(exhibit)}"
    if row.more:
        yield f"- {row.more}"
    seen = finding.coverage
    observers = ", ".join(map(clean, seen.observers)) or "none"
    yield (
        f"- coverage: {seen.view.value}; observers {inline(observers)}; as "
        f"{inline(clean(seen.privileges)) or 'not told'}; {seen.scanned:,} bytes searched; {row.recall}"
    )
    yield from (f"- not looked at: {inline(clean(limit))}" for limit in seen.limits)
    yield f"- evidence: `evidence/claim-{finding.claim}.dsse.json`\n"


def _exhibit(exhibit: Exhibit) -> str:
    where = f" at {said(exhibit.where)}" if exhibit.where else ""
    canary = f"; canary of {inline(clean(exhibit.surface))}" if exhibit.surface else ""
    form = f", as {inline(clean(exhibit.form))}" if exhibit.form else ""
    return f"{inline(clean(exhibit.what))}{where}, in {inline(clean(exhibit.case))}{canary}{form}"


def _path(record: Record) -> Iterator[str]:
    yield "## Data path\n\nDrawn in `map.svg` and `map.mmd`.\n"
    for number, edge in enumerate(record.review.edges, 1):
        yield (
            f"{number}. {said(edge.source)} to {said(edge.target)}: {draw.called(edge)}; carries "
            f"{inline(clean(edge.carries))}; lifetime: {inline(clean(edge.lifetime))}; "
            f"protection: {inline(clean(edge.protection))}"
        )
    if not record.review.edges:
        yield "No way of the data was declared or observed."
    yield ""


def _policy(record: Record) -> Iterator[str]:
    policy = record.policy
    yield "## Policy\n"
    if not policy.kinds:
        yield "The policy lists no kind of document."
    for kind in record.kinds:
        kept = ", ".join(f"{label} {time}" for label, time in kind.kept)
        sinks = ", ".join(map(said, kind.sinks)) or "nowhere"
        yield (
            f"- {said(kind.title)}: {kind.level}; read {kind.places}; kept: {kept}; content seen by {kind.people}; "
            f"sent to {sinks}; owned by {said(kind.owner)}, approved by {said(kind.approver)}"
        )
    for row in explain.of_all(policy).rows:
        yield f"- {row.label}: {inline(clean(row.words))}"
    yield ""


def _five(record: Record) -> Iterator[str]:
    yield "## The five questions\n"
    for told in record.five:
        yield f"### {told.asks}\n"
        yield from (f"- {inline(clean(label))}: {inline(clean(words))}" for label, words in told.rows)
        yield ""


def _questions(record: Record) -> Iterator[str]:
    by_id = {answer.question.id: answer for answer in record.answers}
    yield "## The reviewer's questions\n"
    for section, questions in SECTIONS.items():
        yield f"### {section}\n"
        for question in questions:
            answer = by_id[question.id]
            yield f"- **{question.id}** {question.asks} **{WORDS[answer.verdict]}**: {inline(clean(answer.because))}"
        yield ""


def _quality(record: Record) -> Iterator[str]:
    review = record.review
    yield "## How it works\n"
    yield (
        f"- {review.seconds_median:.2f} s a document (median), {review.seconds_p95:.2f} s (95th percentile), "
        f"at most {review.memory_peak / 2**20:,.0f} MiB of memory, {review.runs} runs"
    )
    for each in review.strata:
        yield (
            f"- {inline(clean(each.name))}: {each.recall:.1%} of words read (95% interval {each.low:.1%} to "
            f"{each.high:.1%}), precision {each.precision:.1%}; {each.pages} pages, {each.words:,} words"
        )
    yield "\n## Limits\n"
    yield from (f"- {inline(clean(limit))}" for limit in record.limits())
    if not record.limits():
        yield "None were told."
    yield ""


def _people(record: Record) -> Iterator[str]:
    yield "## Approved and attested\n"
    for word in record.words:
        what = f"attests {inline(clean(word.about))}" if word.about else "approves"
        state = "" if word.holds(record.as_of) else " (over)"
        yield (
            f"- {word.day.isoformat()}: {said(word.by)} {what} until {word.expires.isoformat()}{state}: "
            f"{said(word.says)}; key `{word.signer[:16]}`"
        )
    if not record.words:
        yield "Nobody has approved or attested anything."
    yield ""


def _evidence(record: Record) -> Iterator[str]:
    review = record.review
    who = "a key made for this run (self-signed: it shows no change since, not who signed)"
    yield "## Evidence\n"
    yield f"- signed with {who if record.self_signed else 'the key'} `{record.signer}`"
    for label, value in record.hashes.items():
        yield f"- {label}: {inline(clean(value))}"
    yield f"- made by: {inline(clean(review.verifier))}"
    yield f"- canaries: {len(review.token_sha256)}, by hash only"
    yield "- to check it all without a network: `python3 verify_evidence.py`"
