"""One render jail for a module's tests: documents share a zygote, as they do in use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cloister.ocr.rendering import Renderer


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    with Renderer() as held:
        yield held
