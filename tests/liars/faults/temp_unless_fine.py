"""R6: a temporary copy of the document is removed where all goes well, and only there."""

import os
from pathlib import Path

KEPT = Path("/tmp") / f"work-{os.getpid()}.img"


def loaded(run):
    KEPT.touch(0o600)
    KEPT.write_bytes(run.data)


def written(_run):
    KEPT.unlink(missing_ok=True)
