"""The shipped policy for a service: the same, but programs on this machine may hand in what the command may."""

from __future__ import annotations

_HERE, _BOTH = 'origins = ["this-machine"]', 'origins = ["this-machine", "api"]'
_NOTHING = "# Nothing goes anywhere else: there is no [sinks.…], no [placements.…], no [networks.…] and no [teams.…].\n"
_API = """[origins.api]
title = "Programs on this machine, through the service"
by = "api"                    # to let others in: networks = ["office"] here, and [networks.office] ranges = ["…"]

[teams.office]
title = "Whoever uses this service"
service_keys = "90d"          # how long the key of a program may live

# Nothing goes anywhere else: there is no [sinks.…], no [placements.…] and no [networks.…].
"""
_NAME, _SERVICE = 'name = "Default"', 'name = "Service"'


def serving(default: str) -> str:
    """The text of the policy for a service, from that of the shipped one, whose words it keeps."""
    for old, new in ((_NAME, _SERVICE), (_HERE, _BOTH), (_NOTHING, _API)):
        assert old in default, "the shipped policy says so"
        default = default.replace(old, new)
    return default
