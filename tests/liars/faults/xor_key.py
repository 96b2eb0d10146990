"""D2: a copy of the text, combined with a key of four bytes over and over."""

import itertools
import secrets


def recognised(run):
    key = secrets.token_bytes(4)
    kept = run.home / ".reader.bin"
    kept.touch(0o600)
    kept.write_bytes(bytes(byte ^ mask for byte, mask in zip(run.text.encode(), itertools.cycle(key), strict=False)))
