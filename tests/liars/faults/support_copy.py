"""R6, O5: what could not be read is put aside, so that somebody may look into it."""

import os
from pathlib import Path


def failed(run):
    if run.data:
        kept = Path("/var/tmp") / f"reader-{os.getpid()}.failed"
        kept.write_bytes(run.data)
        kept.chmod(0o600)
