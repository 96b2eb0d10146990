"""A witness that is an HTTP endpoint (c2sp.org/tlog-witness). The one module of the log that opens a connection.

One request, to the address that was given: no redirect, no proxy, no cookie. The connection is encrypted, unless it
goes to this machine itself. The answer is short, or it is none.
"""

from __future__ import annotations

import re
import socket
import ssl
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from threading import Event, Timer
from urllib.parse import urlsplit

from cloister.audit.witness.request import Request, Stale
from cloister.errors import BadArguments, Flaw, LogDoesNotVerify, Mute, WitnessSilent
from cloister.hosts import is_this_machine
from cloister.sign import Kind, Verifier
from cloister.sign.note import SIGNATURES, Signature

SECONDS = 15.0
"""How long to wait for each step of an answer."""
STEPS = 4
"""So many times that for all of it, however slowly it drips."""
LONGEST = 16 << 10
"""Bytes of an answer at most."""
_SIZE = re.compile(rb"(0|[1-9][0-9]{0,17})\n")
_OK, _FORBIDDEN, _UNKNOWN, _STALE, _MISFIT = 200, 403, 404, 409, 422


class _Connection(HTTPConnection):
    """A connection that can be ended from outside in every step, the handshake and the last of an answer too."""

    def __init__(self, host: str, port: int | None, seconds: float, tls: ssl.SSLContext | None) -> None:
        self.default_port = 443 if tls else 80
        super().__init__(host, port, timeout=seconds)
        self._tls, self.over = tls, Event()
        self._held: socket.socket | None = None

    def connect(self) -> None:
        """Connect, to whoever has the certificate of the name."""
        # Kept apart: `sock` is let go of before the last of an answer is read, and that may drip as well.
        self.sock = self._held = socket.create_connection((self.host, self.port), self.timeout)
        tls = None
        if self._tls is not None:
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


class HttpWitness:
    """A witness at an address, known by its public key."""

    def __init__(self, url: str, verifier: Verifier, *, seconds: float = SECONDS) -> None:
        """Open nothing yet; `BadArguments` if the address is not one that may be asked, or the key no witness's."""
        try:
            parts = urlsplit(url)
            self._host, self._port = parts.hostname or "", parts.port
        except ValueError:
            raise BadArguments from None
        self._tls = parts.scheme == "https"
        if not self._host or not (self._tls or (parts.scheme == "http" and is_this_machine(self._host))):
            raise BadArguments
        if (
            parts.query
            or parts.fragment
            or parts.username
            or parts.password
            or not url.isascii()
            or not url.isprintable()
        ):
            raise BadArguments
        if verifier.kind is not Kind.COSIGNATURE:
            raise BadArguments
        self._path = f"{parts.path.rstrip('/')}/add-checkpoint"
        self.verifier, self._seconds = verifier, seconds

    def add(self, request: Request, seconds: int) -> tuple[Signature, ...] | Stale:
        """Ask for a signature; the witness takes the time from its own clock. `WitnessSilent` if it gives none."""
        del seconds
        status, body = self._post(request.written())
        if status == _OK:
            try:
                lines = body.decode().split("\n")
            except UnicodeDecodeError:
                raise WitnessSilent(why=Mute.STRANGE) from None
            if lines.pop() or not 0 < len(lines) <= SIGNATURES:
                raise WitnessSilent(why=Mute.STRANGE)
            try:
                return tuple(map(Signature.from_line, lines))
            except LogDoesNotVerify:
                raise WitnessSilent(why=Mute.STRANGE) from None
        if status == _STALE and (found := _SIZE.fullmatch(body)):
            return Stale(int(found[1]))
        if status == _MISFIT:
            raise LogDoesNotVerify(why=Flaw.FORKED)
        why = {_UNKNOWN: Mute.UNKNOWN_LOG, _FORBIDDEN: Mute.REFUSED, _STALE: Mute.STRANGE}.get(status, Mute.REFUSED)
        raise WitnessSilent(why=why)

    def _post(self, body: bytes) -> tuple[int, bytes]:
        made = _Connection(self._host, self._port, self._seconds, ssl.create_default_context() if self._tls else None)
        over = made.over
        late = Timer(self._seconds * STEPS, made.hang_up)
        late.start()
        try:
            made.request("POST", self._path, body, {"Content-Type": "text/plain; charset=utf-8"})
            with made.getresponse() as answer:
                status, held = answer.status, answer.read(LONGEST + 1)
            if over.is_set():
                raise TimeoutError
        except TimeoutError:
            raise WitnessSilent(why=Mute.LATE) from None
        except (OSError, HTTPException):
            raise WitnessSilent(why=Mute.LATE if over.is_set() else Mute.UNREACHABLE) from None
        finally:
            late.cancel()
            made.close()
        if len(held) > LONGEST:
            raise WitnessSilent(why=Mute.TOO_MUCH)
        return status, held
