"""A1, H4: a copy lies for colleagues in a folder into which everyone may look and write."""

import os
from pathlib import Path


def written(run):
    shared = Path("/var/tmp/reader-shared")
    shared.mkdir(exist_ok=True)
    copy = shared / f"{os.getpid()}.txt"
    copy.write_text(run.text)
    copy.chmod(0o644)
    shared.chmod(0o777)
