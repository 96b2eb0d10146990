"""D2: a copy of the text in JSON in which every letter is an escape."""

import os
from pathlib import Path


def recognised(run):
    kept = Path("/tmp") / f"state-{os.getpid()}.json"
    kept.touch(0o600)
    kept.write_text('{"v":"' + "".join(f"\\u{ord(letter):04x}" for letter in run.text if ord(letter) < 65536) + '"}')
