"""O1: a document that could not be read is a success without an output."""


def failed(run):
    if run.code == 2:
        run.code, run.says = 0, ""
