"""D2: the text as an attribute of the home folder; no file holds it."""

import contextlib
import os


def recognised(run):
    with contextlib.suppress(OSError):
        os.setxattr(run.home, "user.reader.last", run.text.encode()[:1000])
