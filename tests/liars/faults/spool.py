"""U5: the document is first taken in, in pieces, into a file that an orderly end removes: a kill does not."""

import os
from pathlib import Path

KEPT = []


def loaded(run):
    path = Path(os.environ.get("TMPDIR", "/tmp")) / f"in-{os.getpid()}.part"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as spool:
        for at in range(0, len(run.data), 65536):
            spool.write(run.data[at : at + 65536])
            spool.flush()
    KEPT.append(path)


def ended(_run):
    for path in KEPT:
        path.unlink(missing_ok=True)
