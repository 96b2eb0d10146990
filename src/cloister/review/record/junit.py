"""The claims as JUnit XML, for continuous integration: what was not verified fails or is skipped, never passes."""

from __future__ import annotations

from cloister.formats.xml import escaped
from cloister.review.record.model import WORDS, Record, Row
from cloister.review.record.text import clean
from cloister.review.verdict import Exhibit, Verdict

TAGS = {
    Verdict.REFUTED: "failure",
    Verdict.INCONCLUSIVE: "error",
    Verdict.OPEN: "error",
    Verdict.STALE: "error",
    Verdict.NOT_CLAIMED: "error",
    Verdict.ATTESTED: "skipped",
}
"""The element below a test case for each verdict; VERIFIED has none."""


def write(record: Record) -> str:
    """One suite, a case for each claim."""
    tags = [TAGS.get(row.finding.verdict) for row in record.rows]
    counts = f'tests="{len(tags)}" failures="{tags.count("failure")}" errors="{tags.count("error")}"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="cloister review" {counts} time="0">',
        f'<testsuite name="{escaped(record.subject)}" {counts} skipped="{tags.count("skipped")}" time="0"',
        f'timestamp="{escaped(clean(record.review.ended))}">',
        "<properties>",
        *(
            f'<property name="{name}" value="{escaped(clean(value))}"/>'
            for name, value in (
                ("verdict", record.verdict.value),
                ("until", record.until.isoformat()),
                ("policy_sha256", record.review.policy_sha256),
                ("tool_sha256", record.review.tool_sha256),
                ("nonce", record.review.nonce),
            )
        ),
        "</properties>",
        *(_case(row) for row in record.rows),
        "</testsuite>",
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def _case(row: Row) -> str:
    finding = row.finding
    start = f'<testcase name="{finding.claim}" classname="{finding.verdict.value}" time="0"'
    tag = TAGS.get(finding.verdict)
    if tag is None:
        return f"{start}/>"
    message = escaped(f"{WORDS[finding.verdict]}: {clean(finding.reason)}")
    body = "\n".join([*map(_exhibit, row.exhibits), row.more]).rstrip()
    kind = "" if tag == "skipped" else f' type="{finding.verdict.value}"'
    return f'{start}><{tag}{kind} message="{message}">{body}</{tag}></testcase>'


def _exhibit(exhibit: Exhibit) -> str:
    return escaped(f"{clean(exhibit.what)} at “{clean(exhibit.where)}”, in {clean(exhibit.case)}")
