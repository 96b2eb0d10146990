"""Canaries: words that mean nothing and stand nowhere else, and the search for them in whatever a target leaves behind.

    tokens = Tokens(run_key)
    token = tokens.token("hidden_text", "case-1")
    with Scanner({"hidden_text": token}, decoys=[tokens.decoy("case-1")]) as scanner:
        scanned = scanner.scan([("app.log", Plain(data))])
        scanned.hits, scanned.decoy_hits, scanned.unexplained

What is searched is hostile: it is decoded and searched in jails only, and no byte of it comes back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cloister.canary.controls import Control, controls, recall
    from cloister.canary.scanner import Hit, Scanned, Scanner, by_chance
    from cloister.canary.tokens import Tokens

_HOMES = {
    "Control": "cloister.canary.controls",
    "Hit": "cloister.canary.scanner",
    "Scanned": "cloister.canary.scanner",
    "Scanner": "cloister.canary.scanner",
    "Tokens": "cloister.canary.tokens",
    "by_chance": "cloister.canary.scanner",
    "controls": "cloister.canary.controls",
    "recall": "cloister.canary.controls",
}

__all__ = ["Control", "Hit", "Scanned", "Scanner", "Tokens", "by_chance", "controls", "recall"]


def __getattr__(name: str) -> object:
    """Load the parent's side when it is first asked for (PEP 562): a jail shares this package and has no use for it."""
    if name not in _HOMES:
        message = f"module 'cloister.canary' has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(_HOMES[name]), name)
