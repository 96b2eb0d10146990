"""Cedar decides, by access.cedar, which its schema has proven to be free of errors; anything else is a refusal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import NoReturn

from cloister.access.actions import Action
from cloister.access.entities import Principal, Resource, attributes
from cloister.errors import AccessDenied, AccessUnsound

_POLICIES, _SCHEMA = "access.cedar", "access.cedarschema"


class Access:
    """The policies, read once. Takes nothing from outside: what is decided on is handed in."""

    def __init__(self, policies: str, schema: str) -> None:
        """Read them; `AccessUnsound` unless the schema proves that no condition of them can go wrong."""
        import cedarpy  # noqa: PLC0415 - 65 ms, which reading one's own documents does not need

        self._cedar = cedarpy
        try:
            if not cedarpy.validate_policies(policies, schema).validation_passed:
                _unsound()
            self._policies = cedarpy.PolicySet.from_str(policies)
            self._schema = cedarpy.Schema.from_str(schema)
        except ValueError:
            _unsound()

    def may(self, who: Principal, action: Action, what: Resource, now: int) -> bool:
        """Whether it is allowed, for whoever shows only what can be done. To act on it, `require`."""
        return self.each([(who, action, what)], now)[0]

    def each(self, asked: Sequence[tuple[Principal, Action, Resource]], now: int) -> list[bool]:
        """The same for several at once; `ValueError` if two of them give one id to different things."""
        requests = []
        entities: dict[tuple[str, str], dict[str, object]] = {}
        for who, action, what in asked:
            context = {"now": now, "action": action.value}
            principal, resource = _id(who), _id(what)
            requests.append({
                "principal": principal, "action": {"type": "Action", "id": action.value}, "resource": resource,
                "context": context,
            })  # fmt: skip
            for uid, entity in ((principal, who), (resource, what)):
                known = {"uid": uid, "attrs": attributes(entity), "parents": []}
                if entities.setdefault((uid["type"], uid["id"]), known) != known:
                    raise ValueError("one id for two different things")
        try:
            known_ones = json.dumps([*entities.values()])
            decided = self._cedar.is_authorized_batch(requests, self._policies, known_ones, self._schema)
        except ValueError:
            return [False] * len(asked)
        # A `forbid` whose condition fails is skipped by Cedar, and what it forbids would be allowed.
        return [each.decision is self._cedar.Decision.Allow and not each.diagnostics.errors for each in decided]

    def require(self, who: Principal, action: Action, what: Resource, now: int) -> None:
        """Raise `AccessDenied` unless it is allowed."""
        if not self.may(who, action, what, now):
            raise AccessDenied


@cache
def access() -> Access:
    """Who may do what, as it is shipped."""
    here = resources.files("cloister.access")
    return Access(*((here / name).read_text("utf-8") for name in (_POLICIES, _SCHEMA)))


def _id(entity: Principal | Resource) -> dict[str, str]:
    return {"type": entity.kind, "id": entity.id}


def _unsound() -> NoReturn:
    raise AccessUnsound
