"""One request to the OpenID provider: no redirect, no proxy, no cookie; a short answer in time, or none."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from threading import Event, Timer
from typing import NamedTuple
from urllib.parse import quote, urlencode

from cloister.errors import ProviderFlaw, ProviderUnreachable
from cloister.service.login.address import Address

SECONDS = 5.0
"""For each step of it, and three times that for all of it, however slowly it drips."""
_STEPS = 3
LONGEST = 1 << 16
"""Bytes of an answer at most."""
_ELSEWHERE = range(300, 400)


class Answer(NamedTuple):
    """What came back: `kind` is its media type, without parameters and in lower case."""

    status: int
    kind: str
    body: bytes


class _Connection(HTTPConnection):
    """A connection that can be ended from outside in every step, the handshake too."""

    def __init__(self, to: Address, seconds: float, tls: ssl.SSLContext | None) -> None:
        self.default_port = 443 if tls else 80
        super().__init__(to.host, to.port, timeout=seconds)
        self._tls, self.over = tls, Event()
        self._held: socket.socket | None = None

    def connect(self) -> None:
        """Connect, to whoever has the certificate of the name."""
        # Kept apart: `sock` is let go of before the last of an answer is read, and that may drip as well.
        self.sock = self._held = socket.create_connection((self.host, self.port), self.timeout)
        tls = None
        if self._tls is not None:
            # Until the handshake is done nothing is sent; in one step the socket could not be reached meanwhile.
            tls = self._tls.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = self._held = tls
        if self.over.is_set():
            raise TimeoutError
        if tls is not None:
            tls.do_handshake()

    def hang_up(self) -> None:
        """End it, whatever it waits for; `over` says so before anybody can notice."""
        self.over.set()
        with suppress(OSError):
            if self._held is not None:
                self._held.shutdown(socket.SHUT_RDWR)


def ask(
    to: Address,
    form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    *,
    seconds: float = SECONDS,
    context: ssl.SSLContext | None = None,
) -> Answer:
    """Send a form, or just look; `ProviderUnreachable` if no short answer comes from that very address in time."""
    tls = (context or ssl.create_default_context()) if to.tls else None
    made = _Connection(to, seconds, tls)
    late = Timer(seconds * _STEPS, made.hang_up)
    late.daemon = True
    late.start()
    sent = {"Accept": "application/json", "Accept-Encoding": "identity", **(headers or {})}
    if form is not None:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        body = None if form is None else urlencode(form).encode("ascii")
        made.request("GET" if form is None else "POST", to.path, body, sent)
        with made.getresponse() as answer:
            status, kind = answer.status, answer.headers.get_content_type()
            held = answer.read(LONGEST + 1)
    except TimeoutError:
        raise ProviderUnreachable(why=ProviderFlaw.LATE) from None
    except (OSError, HTTPException, ValueError):
        raise ProviderUnreachable(why=ProviderFlaw.LATE if made.over.is_set() else ProviderFlaw.UNREACHABLE) from None
    finally:
        late.cancel()
        made.close()
    if made.over.is_set():
        raise ProviderUnreachable(why=ProviderFlaw.LATE)
    if len(held) > LONGEST:
        raise ProviderUnreachable(why=ProviderFlaw.TOO_MUCH)
    if status in _ELSEWHERE:
        raise ProviderUnreachable(why=ProviderFlaw.REDIRECTS)
    return Answer(status, kind, held)


def with_query(address: str, values: Mapping[str, str]) -> str:
    """An address with these beside the parameters that it may have already."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode(values, quote_via=quote)}"


def escaped(text: str) -> str:
    """A text as it stands in a form (RFC 6749, appendix B)."""
    return urlencode({"": text})[1:]
