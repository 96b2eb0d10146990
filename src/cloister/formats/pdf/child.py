"""What runs inside the write jail: `python -I -m cloister.formats.pdf.child`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cloister.jail.lock import WRITE
from cloister.jail.serve import serve_zygote

if TYPE_CHECKING:
    from cloister.jail.wire import BlockingPipe


def _warm() -> None:
    from cloister.formats.pdf.jailed import writing  # noqa: PLC0415 - parsers load in the jail only

    writing.warm()


def _work(pipe: BlockingPipe) -> None:
    from cloister.formats.pdf.jailed import writing  # noqa: PLC0415

    writing.serve(pipe)


if __name__ == "__main__":
    sys.exit(serve_zygote(WRITE, _warm, _work))
