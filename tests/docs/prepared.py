"""What the commands of a page need to be there before: reviews that somebody made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from cloister.review.record import keep, today
from cloister.review.result import Review
from tests.review.reviews import PLAIN, review, signed_off, sound


def _today(made: Review) -> Review:
    day, until = today().isoformat(), (today() + timedelta(days=180)).isoformat()
    return replace(made, started=f"{day}T09:00:00Z", ended=f"{day}T09:04:11Z", valid_until=f"{until}T09:04:11Z")


def _reviews(folder: Path) -> None:
    """`reviews/clean`: all verified but for one claim, which no check looked at; `reviews/leaky`: one that leaks."""
    policy = signed_off(last=today() - timedelta(days=30), kinds=1)
    keep(_today(review(policy, PLAIN)), policy, folder / "reviews/leaky")
    keep(_today(replace(sound(policy), findings=sound(policy).findings[:-1])), policy, folder / "reviews/clean")


PREPARE: dict[str, Callable[[Path], None]] = {"record.md": _reviews}
"""By the name of the page."""
