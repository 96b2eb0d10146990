"""O1: what could not be read is reported as done, with an output that is empty."""


def failed(run):
    if run.code == 2:
        run.code, run.says = 0, ""
        run.write(b"")
