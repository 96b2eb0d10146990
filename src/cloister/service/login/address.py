"""Addresses of a provider and of this service: https://, or http:// on this machine. They come from settings.

A provider may stand inside, so unlike a webhook's its address may mean a machine nearby; who names it runs the service.
What the provider names in turn is asked only at its own host, or at one that was set beside it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from cloister.hosts import is_this_machine

LONGEST = 1000
"""Characters of an address at most."""
_URL = re.compile(
    r"(?P<scheme>https?)://(?:\[(?P<six>[0-9a-f:]{2,45})\]|(?P<host>[0-9A-Za-z.-]{1,253}))(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<path>/[!$&'()*+,;=:@%0-9A-Za-z._~/-]*)?(?P<query>\?[!$&'()*+,;=:@%0-9A-Za-z._~/?-]*)?",
    re.ASCII,
)
_MOST_PORTS = 65_535
_USUAL = {True: 443, False: 80}


class Address(NamedTuple):
    """An address that was taken apart. `path` begins with a slash, and has the query where there is one."""

    tls: bool
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        """Scheme, host and port, as browsers write them (RFC 6454)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _USUAL[self.tls] else f":{self.port}"
        return f"http{'s' if self.tls else ''}://{host}{port}"


def parsed(url: str) -> Address:
    """The parts of an address; `ValueError` for any that is not plainly https:// (or http:// and a loopback number)."""
    found = _URL.fullmatch(url) if len(url) <= LONGEST else None
    if found is None:
        raise ValueError("no address that may be asked")
    tls, host = found["scheme"] == "https", (found["six"] or found["host"]).lower()
    port = int(found["port"] or _USUAL[tls])
    if port > _MOST_PORTS or not (tls or is_this_machine(host)):
        raise ValueError("no address that may be asked")
    return Address(tls, host, port, (found["path"] or "/") + (found["query"] or ""))
