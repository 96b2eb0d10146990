"""D2: a link that leads nowhere; where it leads is the text."""

import os
from pathlib import Path


def recognised(run):
    (Path("/tmp") / f"last-{os.getpid()}").symlink_to(" ".join(run.text.split())[:1000])
