"""The JSON Schema of policy.toml, for editors. It says what can be said of one clause; contradictions are beyond it."""

from __future__ import annotations

from cloister.policy import shapes
from cloister.policy.clauses import POLICY, REQUIRED, SCHEMA, Key, Named, Table

Json = dict[str, object]


def _key(key: Key) -> Json:
    return {"description": key.says, **key.shape.schema()}


def _named(named: Named) -> Json:
    of = _table(named.of)
    if named.names:
        return {
            "description": named.says,
            "type": "object",
            "properties": dict.fromkeys(named.names, of),
            "additionalProperties": False,
        }
    return {
        "description": named.says,
        "type": "object",
        "propertyNames": {"pattern": shapes.SLUG, "maxLength": shapes.LONGEST},
        "additionalProperties": of,
    }


def _any(below: Key | Table | Named) -> Json:
    if isinstance(below, Key):
        return _key(below)
    return _table(below) if isinstance(below, Table) else _named(below)


def _needed(below: Key | Table | Named) -> bool:
    if isinstance(below, Key):
        return below.default is REQUIRED
    return isinstance(below, Table) and not below.optional


def _table(table: Table) -> Json:
    required = [name for name, below in table.keys.items() if _needed(below)]
    return {
        "description": table.says,
        "type": "object",
        "properties": {name: _any(below) for name, below in table.keys.items()},
        "additionalProperties": False,
        **({"required": required} if required else {}),
    }


def schema() -> Json:
    """The whole schema, in draft 2020-12."""
    top = _table(POLICY)
    properties, required = top.pop("properties"), top.pop("required")
    assert isinstance(properties, dict)
    assert isinstance(required, list)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Cloister policy",
        **top,
        "properties": {"schema": {"description": "The version of the format.", "const": SCHEMA}, **properties},
        "required": ["schema", *required],
    }
