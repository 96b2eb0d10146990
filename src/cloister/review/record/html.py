"""The record as one HTML page: nothing is loaded, nothing runs, and it reads as well on paper.

The page's own rule (Content-Security-Policy) allows one style sheet, by its hash, and nothing else: no script, image,
font, frame, form or connection. Text of a target is escaped, isolated from the page's reading direction, and stands in
quotation marks, so that a spreadsheet which opens the page sees no formula.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator
from importlib import resources

from cloister.formats.xml import escaped
from cloister.model import Artefact
from cloister.policy import explain
from cloister.review import draw
from cloister.review.questions import SECTIONS
from cloister.review.record.md import MEANS
from cloister.review.record.model import ORDER, WORDS, Record, Row
from cloister.review.record.text import clean
from cloister.review.result import Stratum
from cloister.review.verdict import Exhibit, Verdict

SIGNS = {
    Verdict.VERIFIED: "✓",
    Verdict.REFUTED: "✗",
    Verdict.INCONCLUSIVE: "?",
    Verdict.OPEN: "○",
    Verdict.STALE: "⊘",
    Verdict.ATTESTED: "”",
    Verdict.NOT_CLAIMED: "–",
}


def write(record: Record) -> str:
    """The whole page."""
    style = (resources.files("cloister.review.record") / "style.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    rule = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    parts = [_head, _table, _path, _claims, _policy, _five, _questions, _quality, _people, _evidence]
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{rule}">',
            '<meta name="referrer" content="no-referrer">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{WORDS[record.verdict]}: {_text(record.subject)}</title>",
            f"<style>{style}</style>",
            "</head>",
            "<body>",
            *(line for part in parts for line in part(record)),
            "</body>",
            "</html>",
            "",
        ]
    )


def _text(text: str) -> str:
    return escaped(clean(text))


def _said(text: str) -> str:
    """Text of a target or a person."""
    return f'<bdi class="said">“{_text(text)}”</bdi>'


def _chip(verdict: Verdict) -> str:
    return f'<span class="chip {verdict.value}">{SIGNS[verdict]} {WORDS[verdict]}</span>'


def _facts(pairs: dict[str, str], kind: str = "facts") -> str:
    return f'<dl class="{kind}">' + "".join(_fact(*pair, kind) for pair in pairs.items()) + "</dl>"


def _fact(label: str, value: str, kind: str) -> str:
    pair = f"<dt>{label}</dt><dd>{value}</dd>"
    return pair if kind == "row" else f"<div>{pair}</div>"


def _head(record: Record) -> Iterator[str]:
    review, policy, verdict = record.review, record.policy, record.verdict
    yield '<header><p class="eyebrow">Decision record: does this tool do what the policy says?</p>'
    yield f"<h1>{_said(record.subject)}</h1>"
    if record.late:
        yield f'<p class="banner" role="alert">{record.late}</p>'
    yield f'<div class="total {verdict.value}"><strong>{SIGNS[verdict]} {WORDS[verdict]}</strong>'
    count = sum(row.finding.verdict is verdict for row in record.rows)
    yield f"<p>{count} of {len(record.rows)} claims: {MEANS[verdict]}. The total is the worst of them.</p></div>"
    who = "a key made for this run (self-signed)" if record.self_signed else "a key of its own"
    yield _facts(
        {
            "Status": record.status + (f", by {_names(record)}" if record.approvals else ""),
            "As of": record.as_of.isoformat(),
            "Holds until": record.until.isoformat(),
            "Policy": _said(policy.policy.name),
            "Policy owned by": _said(policy.review.owner),
            "Tried out": f"{review.runs} runs, {_when(review.started)} to {_when(review.ended)} UTC",
            "Signed with": who,
            "Verified by": _text(review.verifier),
        }
    )
    counts = (
        f'<li class="{verdict.value}">{SIGNS[verdict]} {count} {WORDS[verdict].lower()}</li>'
        for verdict, count in record.counts().items()
    )
    yield f'<ul class="counts" aria-label="Claims by verdict">{"".join(counts)}</ul></header>'


def _when(time: str) -> str:
    """A time as a person reads it."""
    return _text(time.removesuffix("Z").replace("T", " "))


def _names(record: Record) -> str:
    return ", ".join(_said(word.by) for word in record.approvals)


def _table(record: Record) -> Iterator[str]:
    yield '<h2 id="claims">Claims</h2>'
    yield "<table><thead><tr><th>Verdict</th><th>Claim</th><th>Because</th></tr></thead><tbody>"
    for row in sorted(record.rows, key=lambda row: ORDER.index(row.finding.verdict)):
        finding = row.finding
        yield f'<tr data-claim="{finding.claim}" data-verdict="{finding.verdict.value}">'
        yield f'<td class="verdict">{_chip(finding.verdict)}</td>'
        yield f'<td><a href="#claim-{finding.claim}">{escaped(row.says)}</a></td>'
        yield f'<td class="free">{_text(finding.reason)}</td></tr>'
    yield "</tbody></table>"


def _path(record: Record) -> Iterator[str]:
    edges = record.review.edges
    yield '<h2 id="path">Data path</h2>'
    if not edges:
        yield "<p>No way of the data was declared or observed.</p>"
        return
    yield f"<figure>{draw.svg(edges)}</figure>"
    yield (
        '<div class="scroll"><table><thead><tr>'
        '<th class="number">No.</th><th>From</th><th>To</th><th>Carries</th><th>Lifetime</th>'
        "<th>Protection</th><th></th></tr></thead><tbody>"
    )
    for number, edge in enumerate(edges, 1):
        strange = ' class="unmet"' if edge.observed and not edge.declared else ""
        yield (
            f'<tr><td class="number">{number}</td><td class="free">{_said(edge.source)}</td>'
            f'<td class="free">{_said(edge.target)}</td>'
            f'<td class="free">{_text(edge.carries)}</td><td class="free">{_text(edge.lifetime)}</td>'
            f'<td class="free">{_text(edge.protection)}</td>'
            f"<td{strange}>{draw.called(edge)}</td></tr>"
        )
    yield "</tbody></table></div>"


def _claims(record: Record) -> Iterator[str]:
    yield '<h2 id="grounds">Grounds of each claim</h2>'
    yield (
        "<p>VERIFIED needs four: the <b>stimulus</b> reached the tool; a <b>control</b> showed that each surface is "
        "seen; everything that changed was in <b>scope</b>; and the <b>horizon</b>, the time in which it could still "
        "happen, is over.</p>"
    )
    for row in record.rows:
        yield from _claim(row)


def _claim(row: Row) -> Iterator[str]:
    finding, seen = row.finding, row.finding.coverage
    yield f'<section class="claim" id="claim-{finding.claim}">'
    yield f"<h3>{_chip(finding.verdict)} <span>{escaped(row.says)}</span></h3>"
    if not row.repeats:
        yield f'<p class="small">{_text(finding.reason)}</p>'
    if finding.exhibits:
        exhibits = "".join(f"<li>{_exhibit(exhibit)}</li>" for exhibit in row.exhibits)
        exhibits += f"<li>{row.more}</li>" if row.more else ""
        yield f'<ul class="against" aria-label="What speaks against it">{exhibits}</ul>'
    if finding.grounds:
        grounds = "".join(
            f'<li><b class="{"met" if ground.met else "unmet"}">{"✓" if ground.met else "✗"} {ground.need.value}</b>'
            f"<span>{_text(ground.why)}</span></li>"
            for ground in finding.grounds
        )
        yield f'<ul class="grounds">{grounds}</ul>'
    told = [
        seen.view.value,
        f"observers: {', '.join(map(_text, seen.observers)) or 'none'}",
        f"ran as {_text(seen.privileges) or 'not told'}",
        f"{seen.scanned:,} bytes searched",
        f"scanner: {row.recall}",
        *(f"not looked at: {_text(limit)}" for limit in seen.limits),
        *([f"answers {', '.join(row.claim.asked)}"] if row.claim else []),
    ]
    yield f'<p class="small soft">{"; ".join(told)}. '
    yield f'<a href="evidence/claim-{finding.claim}.dsse.json">Evidence</a></p></section>'


def _exhibit(exhibit: Exhibit) -> str:
    where = f" at {_said(exhibit.where)}" if exhibit.where else ""
    canary = f"; canary of <b>{_text(exhibit.surface)}</b>" if exhibit.surface else ""
    form = f", as {_text(exhibit.form)}" if exhibit.form else ""
    return f"{_text(exhibit.what)}{where}, in <code>{_text(exhibit.case)}</code>{canary}{form}"


def _policy(record: Record) -> Iterator[str]:
    policy = record.policy
    yield '<h2 id="policy">Policy</h2>'
    yield '<div class="scroll">'
    yield "<table><thead><tr><th>Kind</th><th>Level</th><th>Read</th>"
    yield "".join(f"<th>{explain.LABELS[artefact].capitalize()} kept</th>" for artefact in Artefact)
    yield "<th>Content seen by</th><th>Sent to</th><th>Owner, approver</th></tr></thead><tbody>"
    for kind in record.kinds:
        kept = "".join(f"<td>{time}</td>" for _, time in kind.kept)
        sinks = ", ".join(map(_said, kind.sinks)) or "nowhere"
        yield (
            f'<tr><td class="free">{_said(kind.title)}</td><td class="level">{kind.level}</td>'
            f'<td class="places">{kind.places}</td>{kept}<td>{kind.people}</td><td class="free">{sinks}</td>'
            f'<td class="free">{_said(kind.owner)}, {_said(kind.approver)}</td></tr>'
        )
    yield "</tbody></table></div>"
    yield _facts({row.label.capitalize(): _text(row.words) for row in explain.of_all(policy).rows}, "row")


def _five(record: Record) -> Iterator[str]:
    yield '<h2 id="five">The five questions</h2>'
    for told in record.five:
        yield f"<h3>{told.asks}</h3>"
        yield '<dl class="row">'
        yield from (f"<dt>{_text(label)}</dt><dd>{_text(words)}</dd>" for label, words in told.rows)
        yield "</dl>"


def _questions(record: Record) -> Iterator[str]:
    by_id = {answer.question.id: answer for answer in record.answers}
    found = Counter(answer.verdict for answer in record.answers)
    counts = ", ".join(f"{found[verdict]} {WORDS[verdict].lower()}" for verdict in reversed(ORDER) if found[verdict])
    yield '<h2 id="questions">The reviewer\'s questions</h2>'
    yield f"<p>{len(record.answers)} questions: {counts}. An attested answer is a person's word, not a finding.</p>"
    for section, questions in SECTIONS.items():
        yield f"<h3>{section}</h3><table><tbody>"
        for question in questions:
            answer = by_id[question.id]
            links = ", ".join(f'<a href="#claim-{claim}">{claim}</a>' for claim in answer.claims)
            fields = f'<span class="soft">policy: {", ".join(answer.fields)}</span>' if answer.fields else ""
            evidence = "; ".join(filter(None, (links, fields)))
            yield (
                f'<tr><td class="id">{question.id}</td><td class="verdict">{_chip(answer.verdict)}</td>'
                f'<td class="free">{escaped(question.asks)}<br>'
                f'<span class="small soft">{_text(answer.because)}</span>'
                + (f'<br><span class="small">{evidence}</span>' if evidence else "")
                + "</td></tr>"
            )
        yield "</tbody></table>"


def _quality(record: Record) -> Iterator[str]:
    review = record.review
    yield '<h2 id="figures">Figures</h2>'
    yield _facts(
        {
            "A document takes": f"{review.seconds_median:.2f} s in the median",
            "95 of 100 take": f"at most {review.seconds_p95:.2f} s",
            "Memory": f"at most {review.memory_peak / 2**20:,.0f} MiB",
            "Canaries": f"{len(review.token_sha256):,}, each at one surface of one document",
        }
    )
    if review.strata:
        yield (
            '<div class="scroll"><table><thead><tr>'
            '<th>Pages</th><th>Words read, with 95% interval</th><th class="number">Recall</th>'
            '<th class="number">Precision</th><th class="number">Pages</th><th class="number">Words</th></tr></thead>'
            "<tbody>"
        )
        yield from map(_stratum, review.strata)
        yield "</tbody></table></div>"
    yield '<h2 id="limits">Limits</h2>'
    limits = record.limits()
    yield f"<ul>{''.join(f'<li>{_text(limit)}</li>' for limit in limits)}</ul>" if limits else "<p>None were told.</p>"


def _stratum(each: Stratum) -> str:
    low, mid, high = (round(max(0.0, min(1.0, share)) * 240, 1) for share in (each.low, each.recall, each.high))
    bar = (
        '<svg width="244" height="16" viewBox="0 0 244 16" role="img" aria-hidden="true">'
        '<rect x="2" y="4" width="240" height="8" rx="2" fill="#e7ebef"/>'
        f'<rect x="2" y="4" width="{mid}" height="8" rx="2" fill="#47719b"/>'
        f'<path d="M{low + 2} 8 H{high + 2} M{low + 2} 3 v10 M{high + 2} 3 v10" stroke="#17202b" stroke-width="1.4"/>'
        "</svg>"
    )
    return (
        f'<tr><td class="free">{_said(each.name)}</td><td>{bar}</td>'
        f'<td class="number">{each.recall:.1%} <span class="soft small">({each.low:.1%}–{each.high:.1%})</span></td>'
        f'<td class="number">{each.precision:.1%}</td><td class="number">{each.pages}</td>'
        f'<td class="number">{each.words:,}</td></tr>'
    )


def _people(record: Record) -> Iterator[str]:
    yield '<h2 id="people">Approved and attested</h2>'
    if not record.words:
        yield "<p>Nobody has approved or attested anything.</p>"
        return
    yield '<div class="scroll">'
    yield "<table><thead><tr><th>Day</th><th>Who</th><th>What</th><th>Until</th><th>Words</th><th>Key</th></tr></thead>"
    yield "<tbody>"
    for word in record.words:
        what = f"attests <b>{_text(word.about)}</b>" if word.about else "<b>approves</b>"
        state = "" if word.holds(record.as_of) else ' <b class="unmet">(over)</b>'
        yield (
            f'<tr><td>{word.day.isoformat()}</td><td class="free">{_said(word.by)}</td><td class="free">{what}</td>'
            f'<td>{word.expires.isoformat()}{state}</td><td class="free">{_said(word.says)}</td>'
            f'<td class="hash">{word.signer[:16]}</td></tr>'
        )
    yield "</tbody></table></div>"


def _evidence(record: Record) -> Iterator[str]:
    review = record.review
    self_signed = "a key made for this run: it shows that nothing has changed since, not who signed"
    yield '<h2 id="evidence">Evidence</h2>'
    yield (
        "<p>Every finding is an in-toto statement in a DSSE envelope, in the folder <code>evidence</code>. To check "
        "all of it without a network: <code>python3 verify_evidence.py</code>.</p>"
    )
    hashes = {label.capitalize(): value for label, value in record.hashes.items()} | {"Key": record.signer}
    yield _facts(
        {label: f'<span class="hash">{_text(value)}</span>' for label, value in hashes.items()}
        | {"Signed with": self_signed if record.self_signed else "the key above; compare it with its owner's"},
        "row",
    )
    yield (
        f"<footer>Made by {_text(review.verifier)} on {record.as_of.isoformat()}. After {record.until.isoformat()} "
        "everything verified here is stale; a page cannot say so by itself, <code>cloister review due</code> does."
        "</footer>"
    )
