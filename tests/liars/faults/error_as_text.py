"""O1: the output of a document that could not be read is the message, and the run is a success."""


def failed(run):
    if run.code == 2:
        said, run.code, run.says = run.says, 0, ""
        run.write(f"[{said}]\n".encode())
