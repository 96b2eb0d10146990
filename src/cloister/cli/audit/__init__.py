"""`cloister audit`: what happened, and is the log of it to be believed? One module a command."""

from __future__ import annotations

from typing import ClassVar

import click

from cloister.cli.group import Lazy


class _Audit(Lazy):
    modules: ClassVar[dict[str, str]] = {
        "show": "cloister.cli.audit.show",
        "verify": "cloister.cli.audit.verify",
        "export": "cloister.cli.audit.export",
        "prove": "cloister.cli.audit.prove",
        "witness": "cloister.cli.audit.witness",
    }


@click.group(cls=_Audit)
def command() -> None:
    """See what happened, and check that nothing of it was changed."""
