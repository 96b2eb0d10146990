"""L1: a log of its own, with a line of it for each line of the document."""

import os
import time


def recognised(run):
    folder = run.home / ".local" / "state" / "reader"
    folder.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(folder / "reader.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as log:
        for number, line in enumerate(run.text.splitlines()):
            log.write(f"{time.strftime('%FT%TZ', time.gmtime())} INFO line {number}: {line}\n")
