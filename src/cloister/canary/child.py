"""What runs inside a scan jail: `python -I -m cloister.canary.child DESCRIPTOR`, which gives the needles."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from cloister.jail.lock import SCAN
from cloister.jail.serve import serve_zygote

if TYPE_CHECKING:
    from cloister.jail.wire import BlockingPipe


def _warm() -> None:
    from cloister.canary.jailed import serving  # noqa: PLC0415 - parsers load in the jail only

    descriptor = int(sys.argv[1])
    with os.fdopen(descriptor, "rb") as needles:
        serving.warm(needles.read())


def _work(pipe: BlockingPipe) -> None:
    from cloister.canary.jailed import serving  # noqa: PLC0415

    serving.serve(pipe)


if __name__ == "__main__":
    sys.exit(serve_zygote(SCAN, _warm, _work))
