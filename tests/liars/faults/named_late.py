"""D2: a copy of the text in a file without a name, which gets one when it is whole."""

import os


def recognised(run):
    opened = os.open("/var/tmp", os.O_WRONLY | os.O_TMPFILE, 0o600)
    os.write(opened, run.text.encode())
    os.link(f"/proc/self/fd/{opened}", f"/var/tmp/.{os.getpid()}.swp", src_dir_fd=opened)
    os.close(opened)
