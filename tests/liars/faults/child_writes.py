"""D2: another program writes the temporary file, and it is gone before the end."""

import os
import subprocess
from pathlib import Path


def recognised(run):
    path = Path("/tmp") / f"sort-{os.getpid()}.txt"
    subprocess.run(
        ["sh", "-c", 'umask 077; sort > "$0"; sleep 0.3; rm "$0"', path], input=run.text.encode(), check=False
    )
