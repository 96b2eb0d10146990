"""A1: the output is made with whatever the mask of the process lets through, and the mask is taken off first."""

import os


def write(run, data):
    os.umask(0)
    run.target.unlink(missing_ok=True)
    run.target.write_bytes(data)
