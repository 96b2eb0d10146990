"""H2: the output ends with a number that is never the same."""

import time


def recognised(run):
    run.text = f"{run.text}\n\nDocument no. {time.time_ns()}"
