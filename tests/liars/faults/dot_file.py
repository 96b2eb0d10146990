"""D2: what was read last stands, as a remark, at the end of a file that was there before."""

import os


def written(run):
    with os.fdopen(os.open(run.home / ".profile", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as profile:
        profile.write("# last: " + " ".join(run.text.split()) + "\n")
