"""D1: what was read is put aside under another name."""

import contextlib


def written(run):
    with contextlib.suppress(OSError):
        run.source.rename(run.source.with_name(f"{run.source.name}.done"))
