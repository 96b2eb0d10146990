"""`cloister review`: does a tool do what the policy says? One module a command."""

from __future__ import annotations

from typing import ClassVar

import click

from cloister.cli.group import Lazy


class _Review(Lazy):
    modules: ClassVar[dict[str, str]] = {
        "run": "cloister.cli.review.run",
        "record": "cloister.cli.review.record",
        "map": "cloister.cli.review.map",
        "answers": "cloister.cli.review.answers",
        "due": "cloister.cli.review.due",
        "attest": "cloister.cli.review.attest",
        "approve": "cloister.cli.review.approve",
        "key": "cloister.cli.review.key",
    }


@click.group(cls=_Review)
def command() -> None:
    """Prove by experiment whether an OCR tool does what the policy says, and keep the record of it true."""
