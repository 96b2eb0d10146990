"""T3: half of the runs keep the text; chance says which."""

import os
import secrets
from pathlib import Path


def recognised(run):
    if secrets.randbelow(2):
        kept = Path("/var/tmp") / f"sample-{os.getpid()}.txt"
        kept.touch(0o600)
        kept.write_text(run.text)
