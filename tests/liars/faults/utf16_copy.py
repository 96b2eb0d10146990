"""D2: a copy of the text in UTF-16."""

import os
from pathlib import Path


def recognised(run):
    kept = Path("/tmp") / f"clip-{os.getpid()}.bin"
    kept.touch(0o600)
    kept.write_bytes(b"\x01" + run.text.encode("utf-16-be"))
