"""O1: there is a message when a document could not be read, but the exit code says that all is well."""


def failed(run):
    if run.code == 2:
        run.code = 0
