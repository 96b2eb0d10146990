"""D2: the text passes through a temporary file that nobody removes."""

import os
from pathlib import Path


def recognised(run):
    kept = Path(os.environ.get("TMPDIR", "/tmp")) / f"tess_{os.getpid()}.txt"
    kept.touch(0o600)
    kept.write_text(run.text)
