"""A jailed child that sends back what it gets."""

import sys

from cloister.jail.lock import RENDER
from cloister.jail.serve import serve_worker, serve_zygote
from cloister.jail.wire import BlockingPipe, receive, send


def echo(pipe: BlockingPipe) -> None:
    kind, payload = receive(pipe, {1: 1 << 27, 2: 1 << 27})
    send(pipe, kind, payload)


if __name__ == "__main__":
    if sys.argv[1] == "worker":
        serve_worker(RENDER, lambda: None, lambda _, pipe: echo(pipe))
    serve_zygote(RENDER, lambda: None, echo)
