"""What the commands of a page need to be there before: reviews, a log and a token that somebody made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from cloister.review.record import keep, today
from tests.audit.logs import story
from tests.keys import softhsm
from tests.review.reviews import PLAIN, now, review, signed_off, sound


def _reviews(folder: Path) -> None:
    """`reviews/clean`: all verified but for one claim, which no check looked at; `reviews/leaky`: one that leaks."""
    policy = signed_off(last=today() - timedelta(days=30), kinds=1)
    keep(now(review(policy, PLAIN)), policy, folder / "reviews/leaky")
    keep(now(replace(sound(policy), findings=sound(policy).findings[:-1])), policy, folder / "reviews/clean")


def _token(folder: Path) -> None:
    """A token of SoftHSM, its settings in `softhsm2.conf`, and its PIN in `pin`."""
    softhsm.made(folder)
    (folder / "pin").write_text(f"{softhsm.PIN}\n")
    (folder / "pin").chmod(0o600)


PREPARE: dict[str, Callable[[Path], None]] = {"record.md": _reviews, "audit.md": story, "keys.md": _token}
"""By the name of the page."""
