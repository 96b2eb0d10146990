"""What the commands of a page need to be there before: reviews and a log that somebody made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from cloister.review.record import keep, today
from tests.audit.logs import story
from tests.review.reviews import PLAIN, now, review, signed_off, sound


def _reviews(folder: Path) -> None:
    """`reviews/clean`: all verified but for one claim, which no check looked at; `reviews/leaky`: one that leaks."""
    policy = signed_off(last=today() - timedelta(days=30), kinds=1)
    keep(now(review(policy, PLAIN)), policy, folder / "reviews/leaky")
    keep(now(replace(sound(policy), findings=sound(policy).findings[:-1])), policy, folder / "reviews/clean")


PREPARE: dict[str, Callable[[Path], None]] = {"record.md": _reviews, "audit.md": story}
"""By the name of the page."""
