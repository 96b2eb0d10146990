"""L1: a log in which what was read stands as bytes in hex, as wire logs have it."""

import os


def recognised(run):
    data = run.text.encode()
    with os.fdopen(os.open(run.home / ".wire.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as log:
        for at in range(0, len(data), 16):
            log.write(f"{at:08x}  {data[at : at + 16].hex(' ')}\n")
