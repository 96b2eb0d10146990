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
        self._held: ssl.SSLSocket | None = None
        self.over = Event()

    def connect(self) -> None:
        """Connect to the number; the name is not looked up again."""
        plain = socket.create_connection((str(self._target.address), self.port), self.timeout)
        # Kept apart, from before the handshake, which may drip, to the end of an answer, when `sock` is gone already.
        held = self._tls.wrap_socket(plain, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock = self._held = held
        if self.over.is_set():
            raise TimeoutError
        held.do_handshake()

    def hang_up(self) -> None:
        """End it, whatever it waits for; `over` says so before anybody can notice."""
        self.over.set()
        with suppress(OSError):
            if self._held is not None:
                self._held.shutdown(socket.SHUT_RDWR)


def post(target: Target, body: bytes, headers: Mapping[str, str], context: ssl.SSLContext | None = None) -> None:
    """Deliver it, or raise `NotDelivered`. An answer that leads elsewhere is a failure: no redirect is followed."""
    made = _Pinned(target, context or ssl.create_default_context())
    late = Timer(SECONDS * _STEPS, made.hang_up)
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
    if made.over.is_set() or status not in _DONE:
        raise NotDelivered(status=status)
