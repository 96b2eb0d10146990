"""The record for programs. `review.json` holds the findings in full; this says how they stand on a day."""

from __future__ import annotations

import json

from cloister.review.record.model import Record
from cloister.review.record.text import clean

SCHEMA = "cloister-record/1"


def write(record: Record) -> str:
    """JSON, the same for the same record."""
    review = record.review
    return (
        json.dumps(
            {
                "schema": SCHEMA,
                "as_of": record.as_of.isoformat(),
                "until": record.until.isoformat(),
                "overdue": record.overdue,
                "status": record.status,
                "verdict": record.verdict.value,
                "subject": record.subject,
                "nonce": review.nonce,
                "policy_sha256": review.policy_sha256,
                "tool_sha256": review.tool_sha256,
                "signer": record.signer,
                "self_signed": record.self_signed,
                "claims": [
                    {
                        "claim": row.finding.claim,
                        "verdict": row.finding.verdict.value,
                        "says": row.says,
                        "because": clean(row.finding.reason),
                        "questions": list(row.claim.asked) if row.claim else [],
                        "evidence": f"evidence/claim-{row.finding.claim}.dsse.json",
                    }
                    for row in record.rows
                ],
                "questions": [
                    {
                        "id": answer.question.id,
                        "asks": answer.question.asks,
                        "verdict": answer.verdict.value,
                        "because": clean(answer.because),
                        "claims": list(answer.claims),
                        "policy": list(answer.fields),
                    }
                    for answer in record.answers
                ],
                "answers": [
                    {"asks": told.asks, "rows": [[clean(label), clean(words)] for label, words in told.rows]}
                    for told in record.five
                ],
                "words": [
                    {
                        "act": word.act.value,
                        "about": clean(word.about),
                        "by": clean(word.by),
                        "says": clean(word.says),
                        "day": word.day.isoformat(),
                        "expires": word.expires.isoformat(),
                        "signer": word.signer,
                    }
                    for word in record.words
                ],
                "limits": [clean(limit) for limit in record.limits()],
            },
            indent=1,
            sort_keys=True,
        )
        + "\n"
    )
