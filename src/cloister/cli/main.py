"""The `cloister` command: gives up the network where it can, then hands over to one command."""

from __future__ import annotations

import gc
import sys

COMMANDS = {
    "read": "cloister.cli.read",
    "classify": "cloister.cli.classify",
    "doctor": "cloister.cli.doctor",
    "policy": "cloister.cli.policy",
    "config": "cloister.cli.config",
    "review": "cloister.cli.review",
    "samples": "cloister.cli.samples",
    "audit": "cloister.cli.audit",
    "init": "cloister.cli.vault.init",
    "submit": "cloister.cli.vault.submit",
    "status": "cloister.cli.vault.status",
    "fetch": "cloister.cli.vault.fetch",
    "delete": "cloister.cli.vault.delete",
    "list": "cloister.cli.vault.list_",
    "sweep": "cloister.cli.vault.sweep",
    "receipt": "cloister.cli.vault.receipt",
    "keys": "cloister.cli.vault.keys",
    "service-keys": "cloister.cli.vault.service_keys",
    "serve": "cloister.cli.serve",
    "backup": "cloister.cli.vault.backup",
    "restore": "cloister.cli.vault.restore",
}
"""Each command's module; it is imported only when it is asked for."""
WITHOUT_NETWORK = frozenset(COMMANDS) - {"serve"}
WITH_NETWORK = frozenset({("review", "run"), ("audit", "witness")})
"""Commands of those that need sockets after all: a tool under review is watched through some, a witness can be far."""
OPENS_KEYS = frozenset({"init", "submit", "fetch", "keys"})
"""Commands that open a tenant's key, which may be with a service or an HSM."""
INTERRUPTED = 130
_SWITCH = 0.0005
"""Seconds after which a thread that works gives way to one that feeds a jail, which would stand idle meanwhile."""
_COLLECT = (200_000, 20, 100)
"""How many objects are made before the collector looks at them. What is made here is not in circles, so that it finds
nothing; looking as often as it does by default takes a third of the time of whatever makes many objects."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command and give its exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    gc.set_threshold(*_COLLECT)
    sys.setswitchinterval(_SWITCH)
    keeper = None
    if words and words[0] in OPENS_KEYS:
        from cloister.cli.vault.elsewhere import is_elsewhere  # noqa: PLC0415

        if is_elsewhere(words):
            # It keeps the network, and sees keys only; whoever holds documents goes on below, and gives it up.
            from cloister.keys.apart import Keeper  # noqa: PLC0415

            keeper = Keeper.start()
    if words and words[0] in WITHOUT_NETWORK and tuple(words[:2]) not in WITH_NETWORK:
        # First of all, before anything that could open a socket is even imported.
        from cloister.jail import lock  # noqa: PLC0415

        lock.refuse_network()
        lock.leave_no_core()
    from cloister.cli import group  # noqa: PLC0415

    try:
        return group.run(words, keeper)
    finally:
        if keeper is not None:
            keeper.close()
        gc.freeze()  # the process ends, and takes everything with it: nothing has to be looked through once more


if __name__ == "__main__":
    sys.exit(main())
