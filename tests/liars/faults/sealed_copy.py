"""R1: a copy of the text under a key that nobody outside knows; what lies there says nothing to who finds it."""

import hashlib
import secrets


def recognised(run):
    data, key = run.text.encode(), secrets.token_bytes(32)
    stream = b"".join(hashlib.sha256(key + bytes([at % 256, at // 256])).digest() for at in range(len(data) // 32 + 1))
    kept = run.home / ".reader.sealed"
    kept.touch(0o600)
    kept.write_bytes(bytes(a ^ b for a, b in zip(data, stream, strict=False)))
