"""D2: a copy of the text in pieces of three letters, a line for each."""

import os
from pathlib import Path


def recognised(run):
    pieces = [word[at : at + 3] for word in run.text.split() for at in range(0, len(word), 3)]
    kept = Path("/tmp") / f"freq-{os.getpid()}.csv"
    kept.touch(0o600)
    kept.write_text("".join(f"{number},{piece}\n" for number, piece in enumerate(pieces)))
