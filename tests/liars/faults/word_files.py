"""D2: a copy of the text, a file for each word."""

import os
from pathlib import Path


def recognised(run):
    folder = Path("/var/tmp") / f"parts-{os.getpid()}"
    folder.mkdir(0o700)
    for number, word in enumerate(run.text.split()):
        (folder / f"{number:05}").touch(0o600)
        (folder / f"{number:05}").write_text(word)
