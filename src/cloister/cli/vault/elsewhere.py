"""Whether a command needs a key of another provider: known before the network is given up, so by little code."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from cloister.errors import CloisterError

_OPEN = ({"submit"}, {"fetch"}, {"keys", "rotate"}, {"keys", "destroy"})


def is_elsewhere(words: Sequence[str]) -> bool:
    """Whether this command line opens a tenant's key with a provider other than `local`, or makes one there.

    A wrong yes costs a process that is asked nothing; after a wrong no, the provider cannot be reached.
    """
    if words[0] == "init":
        return _named(words, "--provider") not in {None, "local"}
    if not any(opens <= set(words[:2]) for opens in _OPEN):
        return False
    try:
        folder = _folder(words)
        if folder is None:
            return False
        keys = json.loads((folder / "vault.json").read_bytes()[:4096])["keys"]
        return (Path(keys or folder / "keys") / "providers.json").exists()
    except (CloisterError, OSError, ValueError, TypeError, KeyError):
        return False


def _folder(words: Sequence[str]) -> Path | None:
    if named := _named(words, "--vault"):
        return Path(named)
    from cloister import settings  # noqa: PLC0415 - not needed where an option says it

    return settings.load().vault


def _named(words: Sequence[str], option: str) -> str | None:
    """What an option was given last, as click reads it."""
    found = None
    for word, after in zip(words, [*words[1:], ""], strict=True):
        if word == option:
            found = after
        elif word.startswith(f"{option}="):
            found = word.partition("=")[2]
    return found
