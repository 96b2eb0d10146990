"""L4: debugging was left on, and tells what it reads while it reads it."""

import sys


def recognised(run):
    for line in run.text.splitlines():
        print(f"DEBUG recognise() -> {line!r}", file=sys.stderr)
