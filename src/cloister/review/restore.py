"""A policy from its canonical form, as it is kept beside a review: through the same reader as any policy.toml."""

from __future__ import annotations

import json
from typing import Any

from cloister.errors import BadPolicy, Broken, DoesNotVerify
from cloister.policy import Policy, canonical, load
from cloister.policy.clauses import POLICY, SCHEMA, Key, Named, Table
from cloister.policy.shapes import Day, Time
from cloister.policy.times import written


def restore(form: bytes) -> Policy:
    """The policy whose canonical form this is; `DoesNotVerify` on anything else."""
    try:
        held: dict[str, Any] = json.loads(form)["policy"]
        lines = [f"schema = {_text(SCHEMA)}"]
        lines += [f"{name} = {_toml(POLICY.keys[name], value)}" for name, value in held.items()]
        policy = load("\n".join(lines) + "\n")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, BadPolicy):
        raise DoesNotVerify(why=Broken.POLICY) from None
    if canonical(policy) != form:
        raise DoesNotVerify(why=Broken.POLICY)
    return policy


def _toml(spec: Key | Table | Named, value: Any) -> str:  # noqa: ANN401 - as JSON gives it; the reader checks it
    if isinstance(spec, Table):
        return _inline(
            {
                name: _toml(spec.keys[name], below)
                for name, below in value.items()
                if not _left_out(spec.keys[name], below)
            }
        )
    if isinstance(spec, Named):
        return _inline({name: _toml(spec.of, below) for name, below in value.items()})
    if isinstance(spec.shape, Time):
        return _text(written(value))
    if isinstance(spec.shape, Day):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(_text(item) for item in value) + "]"
    return _text(value) if isinstance(value, str) else str(value)


def _left_out(spec: Key | Table | Named, value: object) -> bool:
    """Whether this stands for a key that was not written; some defaults cannot be."""
    return value is None or (isinstance(spec, Key) and value == spec.default)


def _inline(pairs: dict[str, str]) -> str:
    return "{" + ", ".join(f"{_text(name)} = {value}" for name, value in pairs.items()) + "}"


def _text(value: str) -> str:
    """A basic string of TOML: JSON's, but for DEL, which TOML wants escaped."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
