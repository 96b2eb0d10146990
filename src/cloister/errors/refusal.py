"""The root of the tree, and what a refusal may say."""

from __future__ import annotations

from enum import Enum
from typing import ClassVar

Fact = int | float | Enum


class CloisterError(Exception):
    """Anything that Cloister refuses or fails to do. `code` is stable; docs/errors.md explains it."""

    code: ClassVar[str] = "failed"
    status: ClassVar[int] = 500
    exit: ClassVar[int] = 15
    says: ClassVar[str] = "This did not work, and Cloister cannot say more. Run `cloister doctor`."

    def __init__(self, **facts: Fact) -> None:
        self.facts = facts
        words = {k: v.value if isinstance(v, Enum) else v for k, v in facts.items()}
        super().__init__(self.says.format(**words))
