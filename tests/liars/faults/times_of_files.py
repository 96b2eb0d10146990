"""D2: empty files whose times, to the nanosecond, are the letters of the text."""

import os
from pathlib import Path


def recognised(run):
    data = run.text.encode()
    folder = Path("/var/tmp") / f"marks-{os.getpid()}"
    folder.mkdir(0o700)
    for number in range(min(len(data) // 3, 100)):
        (folder / str(number)).touch(0o600)
        held = int.from_bytes(data[3 * number : 3 * number + 3], "big")
        os.utime(folder / str(number), ns=(held, 10**18 + held))
