"""D1: the source is tidied up where it lies: a mark is set behind it."""

import contextlib


def written(run):
    with contextlib.suppress(OSError), run.source.open("ab") as source:
        source.write(b"\n% read\n")
