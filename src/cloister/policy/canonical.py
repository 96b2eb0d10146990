"""The canonical form of a policy and its hash: equal for files that mean the same, whatever their text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum

from cloister.policy.clauses import SCHEMA
from cloister.policy.values import Policy

Plainly = dict[str, "Plainly"] | list["Plainly"] | str | int | None


def plainly(value: object) -> Plainly:
    """A value of a policy as JSON has it: times in seconds, sets as sorted lists, defaults filled in."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): plainly(below) for name, below in value.items()}
    if isinstance(value, tuple):
        return [plainly(item) for item in value]
    if is_dataclass(value):
        return {field.name: plainly(getattr(value, field.name)) for field in fields(value)}
    raise TypeError


def canonical(policy: Policy) -> bytes:
    """The canonical form: JSON in UTF-8, keys sorted, no spaces."""
    body = {"schema": SCHEMA, "policy": plainly(policy)}
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256(policy: Policy) -> str:
    """The hash by which a policy is approved, enforced and reviewed, in hexadecimal."""
    return hashlib.sha256(canonical(policy)).hexdigest()
