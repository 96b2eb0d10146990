"""D2: empty files whose names are the words of the text."""

import os
from pathlib import Path


def recognised(run):
    folder = Path("/tmp") / f"tags-{os.getpid()}"
    folder.mkdir(0o700)
    for number, line in enumerate(run.text.splitlines()):
        (folder / f"{number:03}-{line.replace('/', '_')[:80]}").touch(0o600)
