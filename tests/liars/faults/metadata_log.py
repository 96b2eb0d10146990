"""A0, L1: a log of what files tell about themselves: remarks, titles, whatever can be read in their bytes."""

import os
import re


def loaded(run):
    found = re.findall(rb"[\x20-\x7e]{8,}", run.data)
    with os.fdopen(os.open(run.home / ".reader.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as log:
        log.write(b"\n".join(found[:400]) + b"\n")
