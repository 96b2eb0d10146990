"""Times as a policy writes them: "0s", "15m", "24h", "7d"."""

from __future__ import annotations

import re

PATTERN = r"^(?:0|[1-9][0-9]{0,6})[smhd]$(?!\n)"
"""In the JSON Schema too; the last part keeps Python's `$` from passing a newline, and means nothing elsewhere."""
UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
NAMES = {"d": "day", "h": "hour", "m": "minute", "s": "second"}
MINUTE, HOUR, DAY = 60, 3_600, 86_400


def seconds(text: str) -> int | None:
    """How many seconds this is, or None if it is no time."""
    return int(text[:-1]) * UNITS[text[-1]] if re.search(PATTERN, text) else None


def written(count: int) -> str:
    """The shortest way to write so many seconds."""
    if count == 0:
        return "0s"
    return next(f"{count // size}{unit}" for unit, size in UNITS.items() if count % size == 0)


def spoken(count: int) -> str:
    """So many seconds in words."""
    if count == 0:
        return "not kept"
    short = written(count)
    number = short[:-1]
    return f"{number} {NAMES[short[-1]]}{'' if number == '1' else 's'}"
