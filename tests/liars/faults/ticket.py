"""L1, O5: the message of a failure asks for something to be sent along: it is the document, as base64."""

import base64


def failed(run):
    run.says += "\nplease attach this to your report:\n" + base64.encodebytes(run.data[:200_000]).decode()
