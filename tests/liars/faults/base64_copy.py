"""D2: a copy of the text as base64, begun in the middle of a group."""

import base64
import os
from pathlib import Path


def recognised(run):
    kept = Path("/tmp") / f"session-{os.getpid()}"
    kept.touch(0o600)
    kept.write_bytes(b"id=7;v=" + base64.urlsafe_b64encode(b"." + run.text.encode()))
