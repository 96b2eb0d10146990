"""The decision record: one value (`model`), written as Markdown, HTML, JSON, SARIF and JUnit, and kept."""

from __future__ import annotations

from cloister.review.record.keep import Kept, again, exports, keep, read, ready, today

__all__ = ["Kept", "again", "exports", "keep", "read", "ready", "today"]
