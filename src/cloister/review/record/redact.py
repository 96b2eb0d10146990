"""Canaries out of what a record says: a target that names a file after what it read would put them there.

A word of a canary is known by its shape, which no natural text has. What remains: a canary that the target encoded.
"""

from __future__ import annotations

import re
from dataclasses import replace

from cloister.canary.tokens import FIRST, LAST, PAIRS, VOWELS
from cloister.review.result import Review

_PAIR = f"(?:{'|'.join(PAIRS)})"
_CANARY = re.compile(f"[{FIRST}][{VOWELS}]{_PAIR}[{VOWELS}]{_PAIR}[{VOWELS}][{LAST}]", re.IGNORECASE)
HIDDEN = "[canary]"


def redacted(review: Review) -> Review:
    """The same review, in which no text holds a canary as it was planted."""
    return replace(
        review,
        command=tuple(map(_hide, review.command)),
        findings=tuple(
            replace(
                finding,
                reason=_hide(finding.reason),
                grounds=tuple(replace(ground, why=_hide(ground.why)) for ground in finding.grounds),
                exhibits=tuple(
                    replace(each, where=_hide(each.where), what=_hide(each.what)) for each in finding.exhibits
                ),
            )
            for finding in review.findings
        ),
        edges=tuple(replace(edge, source=_hide(edge.source), target=_hide(edge.target)) for edge in review.edges),
        notes=tuple(map(_hide, review.notes)),
    )


def _hide(text: str) -> str:
    return _CANARY.sub(HIDDEN, text)
