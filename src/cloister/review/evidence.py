"""Evidence: what was found, as signed statements, each bound to the run it comes from.

`evidence/claim-ID.dsse.json` states one finding, `evidence/review.dsse.json` the whole review with the hash of each of
those, and `evidence/record.dsse.json` the record that was made of it, with the hash of every file. The last may be made
again, on a later day or after somebody signed; the others never are. Canaries stand in all of them as hashes only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from cloister.review import verify_evidence
from cloister.review.record.model import Record
from cloister.review.result import Review
from cloister.review.verify_evidence import BOUND, KIND
from cloister.sign import Key, Statement, Subject, sealed

REVIEW = "evidence/review.dsse.json"
RECORD = "evidence/record.dsse.json"
REVIEW_KEY = "evidence/review.pem"
RECORD_KEY = "evidence/record.pem"
SCRIPT = "verify_evidence.py"


def sha256(data: bytes) -> str:
    """The hash of a file, in hex."""
    return hashlib.sha256(data).hexdigest()


def bound(held: dict[str, Any]) -> dict[str, Any]:
    """What every statement is bound to: the run, its verifier, its documents, its target, its policy."""
    return {name: held[name] for name in BOUND}


def of_review(review: Review, held: dict[str, Any], policy: bytes, key: Key, *, own: bool) -> dict[str, bytes]:
    """The files of the review itself, by name. `held` is the review as JSON, `own` says that the key is the run's."""
    files = {"review.json": review.to_json().encode(), "policy.json": policy, REVIEW_KEY: key.public.pem()}
    about = Subject("review.json", sha256(files["review.json"]))
    tool = (Subject("tool", review.tool_sha256),) if review.tool_sha256 else ()
    for finding in held["findings"]:
        statement = Statement(
            KIND.format("finding"),
            (about, *tool),
            {"bound": bound(held), "finding": finding, "self_signed": own, "signer": key.public.fingerprint},
        )
        files[f"evidence/claim-{finding['claim']}.dsse.json"] = sealed(statement.payload(), key)
    whole = Statement(
        KIND.format("review"),
        _subjects(files),
        {
            "bound": bound(held),
            "self_signed": own,
            "signer": key.public.fingerprint,
            "tokens": held["token_sha256"],
            "verdict": held["verdict"],
            "verdicts": {finding["claim"]: finding["verdict"] for finding in held["findings"]},
        },
    )
    return {**files, REVIEW: sealed(whole.payload(), key)}


def of_record(record: Record, files: Mapping[str, bytes], review: bytes, key: Key, *, own: bool) -> bytes:
    """The statement of a record: the hash of each of its files, and of the review's own statement."""
    predicate = {
        "as_of": record.as_of.isoformat(),
        "evidence": sha256(review),
        "self_signed": own,
        "signer": key.public.fingerprint,
        "status": record.status,
        "verdict": record.verdict.value,
        "verdicts": {row.finding.claim: row.finding.verdict.value for row in record.rows},
    }
    return sealed(Statement(KIND.format("record"), _subjects({**files, REVIEW: review}), predicate).payload(), key)


def _subjects(files: Mapping[str, bytes]) -> tuple[Subject, ...]:
    return tuple(Subject(name, sha256(data)) for name, data in sorted(files.items()))


def script() -> bytes:
    """The script that checks all of this, to be put beside it."""
    assert verify_evidence.__file__
    with open(verify_evidence.__file__, "rb") as file:  # noqa: PTH123 - one read of our own file
        return file.read()
