"""Moments, as they are written for people and programs."""

from __future__ import annotations

from datetime import UTC, datetime


def when(seconds: int) -> str:
    """A time in seconds since 1970 as ISO 8601, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
