"""D2: a copy of the text, its last letter first."""

import os
from pathlib import Path


def recognised(run):
    kept = Path("/var/tmp") / f"rtl-{os.getpid()}.txt"
    kept.touch(0o600)
    kept.write_text(run.text[::-1])
