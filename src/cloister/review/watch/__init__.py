"""Watch: starts a command-line tool in throw-away surroundings, and tells what it did.

`World` is one set of surroundings, `Order` one start in it; what comes back is `cloister.review.seen.Ran`. The side
that is inside the namespaces is `inside`, which furnishes them (`surroundings`), starts tools (`gate`, `start`,
`crew`) and looks (`walk`, `network`, `syslog`). On this side `trace` and `packets` read what it saw, `report` makes
the answer, and `control` puts a token through every surface first.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cloister.review.watch.order import Order
    from cloister.review.watch.world import World

__all__ = ["Order", "World"]
_WHERE = {"Order": "order", "World": "world"}


def __getattr__(name: str) -> object:
    """Import on first use: the side that is inside is started often, and needs neither."""
    if name not in _WHERE:
        raise AttributeError(name)
    return getattr(importlib.import_module(f"{__name__}.{_WHERE[name]}"), name)
