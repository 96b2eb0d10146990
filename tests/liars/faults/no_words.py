"""O1: a document that could not be read ends with an exit code and without a word."""


def failed(run):
    run.says = ""
