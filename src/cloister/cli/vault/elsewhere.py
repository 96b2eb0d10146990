"""Whether a command needs a key of another provider: known before the network is given up, so by little code."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

_OPEN = ({"submit"}, {"fetch"}, {"keys", "rotate"}, {"keys", "destroy"})


def is_elsewhere(words: Sequence[str]) -> bool:
    """Whether this command line opens a tenant's key with a provider other than `local`, or makes one there.

    A wrong yes costs a process that is asked nothing; after a wrong no, the provider cannot be reached.
    """
    if words[0] == "init":
        return _named(words, "--provider") not in {None, "local"}
    if not any(opens <= set(words[:2]) for opens in _OPEN):
        return False
    folder = _named(words, "--vault") or os.environ.get("CLOISTER_VAULT")
    if not folder:
        return False
    try:
        keys = json.loads((Path(folder) / "vault.json").read_bytes()[:4096])["keys"]
        return (Path(keys or Path(folder) / "keys") / "providers.json").exists()
    except (OSError, ValueError, TypeError, KeyError):
        return False


def _named(words: Sequence[str], option: str) -> str | None:
    """What an option was given last, as click reads it."""
    found = None
    for word, after in zip(words, [*words[1:], ""], strict=True):
        if word == option:
            found = after
        elif word.startswith(f"{option}="):
            found = word.partition("=")[2]
    return found
