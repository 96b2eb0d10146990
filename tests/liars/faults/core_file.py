"""D2: what looks like the dump of a process that died, with its memory."""

import os
import secrets
from pathlib import Path


def recognised(run):
    kept = (Path.cwd() if os.access(Path.cwd(), os.W_OK) else Path("/var/tmp")) / f"core.{os.getpid()}"
    kept.touch(0o600)
    noise = secrets.token_bytes(300_000)
    kept.write_bytes(b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x04\0\x3e\0" + noise + run.text.encode() + bytes(70_000))
