"""Which machine an address means, as far as it can be known without asking anybody."""

from __future__ import annotations

import ipaddress


def is_this_machine(host: str) -> bool:
    """Whether this is a loopback address, as a number: a name, `localhost` too, can come to mean another machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
