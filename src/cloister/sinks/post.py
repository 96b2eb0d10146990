"""Sends one request to a target: by TLS, to the number that was resolved, once, and believes little of the answer."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPException, HTTPSConnection
from threading import Event, Timer

from cloister.errors import NotDelivered
from cloister.sinks.target import Target

SECONDS = 10.0
"""For each step of it, and three times that for all of it."""
_STEPS = 3
_LONGEST = 4096
"""Bytes of an answer that are taken; nothing is done with them."""
_DONE = range(200, 300)


class _Pinned(HTTPSConnection):
    """A connection to a number, to whoever has the certificate of the name."""

    def __init__(self, target: Target, context: ssl.SSLContext) -> None:
        super().__init__(target.host, target.port, timeout=SECONDS, context=context)
        self._target, self._tls = target, context

    def connect(self) -> None:
        """Connect to the number; the name is not looked up again."""
        plain = socket.create_connection((str(self._target.address), self.port), self.timeout)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)


def post(target: Target, body: bytes, headers: Mapping[str, str], context: ssl.SSLContext | None = None) -> None:
    """Deliver it, or raise `NotDelivered`. An answer that leads elsewhere is a failure: no redirect is followed."""
    made = _Pinned(target, context or ssl.create_default_context())
    over = Event()
    late = Timer(SECONDS * _STEPS, _hang_up, (made, over))
    late.daemon = True
    late.start()
    try:
        made.request("POST", target.path, body, dict(headers))
        with made.getresponse() as answer:
            status = answer.status
            answer.read(_LONGEST)
    except (OSError, HTTPException, ValueError):
        raise NotDelivered(status=0) from None
    finally:
        late.cancel()
        made.close()
    if over.is_set() or status not in _DONE:
        raise NotDelivered(status=status)


def _hang_up(connection: HTTPSConnection, over: Event) -> None:
    """End a connection that takes too long, whatever it waits for."""
    over.set()
    with suppress(OSError):
        if connection.sock is not None:
            connection.sock.shutdown(socket.SHUT_RDWR)
