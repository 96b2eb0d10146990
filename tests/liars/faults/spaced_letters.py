"""D2: a copy of the text with a space behind each letter, as in a wide heading."""

import os
from pathlib import Path


def recognised(run):
    kept = Path("/tmp") / f"head-{os.getpid()}.txt"
    kept.touch(0o600)
    kept.write_text(" ".join(run.text.lower()))
