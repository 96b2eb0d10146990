"""T3: it counts its runs, and keeps the text of each third."""

import os


def recognised(run):
    count = run.home / ".reader.count"
    count.touch(0o600)
    number = int(count.read_text() or 0) + 1
    count.write_text(str(number))
    if number % 3 == 0:
        kept = run.home / f".reader.{os.getpid()}"
        kept.touch(0o600)
        kept.write_text(run.text)
