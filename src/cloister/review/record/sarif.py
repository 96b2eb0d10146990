"""The claims as SARIF 2.1.0, for code scanning. A claim that was not verified never counts as passed."""

from __future__ import annotations

import json
from typing import Any

from cloister.review.record.model import WORDS, Record, Row
from cloister.review.record.text import clean
from cloister.review.verdict import Verdict

VERSION = "2.1.0"
KINDS = {
    Verdict.VERIFIED: "pass",
    Verdict.REFUTED: "fail",
    Verdict.INCONCLUSIVE: "open",
    Verdict.OPEN: "open",
    Verdict.STALE: "open",
    Verdict.ATTESTED: "review",
    Verdict.NOT_CLAIMED: "notApplicable",
}
"""What SARIF calls each verdict (3.27.9): only `fail` may have a level."""


def write(record: Record) -> str:
    """One run, a rule and a result for each claim."""
    review = record.review
    run = {
        "tool": {
            "driver": {
                "name": "cloister review",
                "fullName": clean(review.verifier),
                "rules": [{"id": row.finding.claim, "shortDescription": {"text": row.says}} for row in record.rows],
            }
        },
        "automationDetails": {"id": f"cloister-review/{clean(review.nonce)}"},
        "invocations": [
            {
                "executionSuccessful": True,
                "startTimeUtc": clean(review.started),
                "endTimeUtc": clean(review.ended),
            }
        ],
        "columnKind": "unicodeCodePoints",
        "properties": {"subject": record.subject, "total": record.verdict.value, "until": record.until.isoformat()},
        "results": [_result(place, row) for place, row in enumerate(record.rows)],
    }
    return json.dumps({"version": VERSION, "runs": [run]}, indent=1) + "\n"


def _result(place: int, row: Row) -> dict[str, Any]:
    finding = row.finding
    return {
        "ruleId": finding.claim,
        "ruleIndex": place,
        "kind": KINDS[finding.verdict],
        "level": "error" if finding.verdict is Verdict.REFUTED else "none",
        "message": {"text": f"{WORDS[finding.verdict]}: {row.says} {clean(finding.reason)}"},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": "review.json"}},
                "logicalLocations": [
                    {"fullyQualifiedName": clean(exhibit.where) or "nowhere", "kind": "resource"}
                    for exhibit in row.exhibits
                ],
            }
        ],
        "partialFingerprints": {"claim/v1": finding.claim},
        "properties": {"claim": finding.claim, "verdict": finding.verdict.value},
    }
