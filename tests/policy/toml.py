"""Writes TOML in many ways that mean the same."""

from __future__ import annotations

import json
from random import Random


def _key(name: str, dice: Random) -> str:
    bare = name and all(c.isascii() and (c.isalnum() or c in "-_") for c in name)
    if bare and dice.random() < 0.7:
        return name
    return f"'{name}'" if name.isprintable() and "'" not in name and dice.random() < 0.5 else _basic(name)


def _basic(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _text(text: str, dice: Random) -> str:
    way = dice.randrange(4)
    if way == 1 and text.isprintable() and "'" not in text:
        return f"'{text}'"
    if way == 2:
        return '"""' + dice.choice(["", "\n"]) + _basic(text)[1:-1] + '"""'
    if way == 3 and text.isprintable() and "'" not in text:
        return f"'''{text}'''"
    return _basic(text)


def _value(value: object, dice: Random, gap: str = "") -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value, dice)
    if isinstance(value, list):
        space = dice.choice(["", " ", "\n  ", " # a ] comment\n"])
        end = dice.choice(["", ","]) if value else ""
        return "[" + ",".join(space + _value(item, dice) + space for item in value) + end + space + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(k, dice)} = {_value(v, dice)}" for k, v in value.items()) + gap + "}"
    return repr(value)


def written(table: dict[str, object], seed: int) -> str:
    """The table as TOML; the seed chooses among headers, dotted keys, inline tables, quotes, comments, order."""
    dice = Random(seed)
    lines: list[str] = []
    _body(table, [], lines, dice)
    return dice.choice(["\n", "\r\n"]).join("\n".join(lines).split("\n")) + "\n"


def _body(table: dict[str, object], path: list[str], lines: list[str], dice: Random) -> None:
    items = list(table.items())
    dice.shuffle(items)
    late = []
    for name, value in items:
        if dice.random() < 0.2:
            lines.append(dice.choice(["", '# a comment = "[x]"', "   "]))
        rows = isinstance(value, list) and value and all(isinstance(item, dict) for item in value)
        if rows or (isinstance(value, dict) and dice.random() < 0.6):
            late.append((name, value))
        elif isinstance(value, dict) and value and dice.random() < 0.5:
            lines += [f"{_key(name, dice)} . {_key(k, dice)} = {_value(v, dice)}" for k, v in value.items()]
        else:
            indent = dice.choice(["", "  ", "\t"])
            lines.append(f"{indent}{_key(name, dice)}={_value(value, dice)}{dice.choice(['', ' # ends'])}")
    for name, value in late:
        here = [*path, _key(name, dice)]
        if isinstance(value, dict):
            lines.append(f"[{'.'.join(here)}]")
            _body(value, here, lines, dice)
        else:
            for item in value:
                lines.append(f"[[ {' . '.join(here)} ]]")
                _body(item, here, lines, dice)
