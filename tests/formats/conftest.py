"""Both ways to save a file."""

from __future__ import annotations

import pytest

from cloister.formats import save
from cloister.formats.save import Way

UNNAMED, DOT_NAME = Way.UNNAMED, Way.DOT_NAME


@pytest.fixture(params=[UNNAMED, DOT_NAME], ids=["with O_TMPFILE", "without O_TMPFILE"])
def way(request, monkeypatch) -> Way:
    """Both ways to save; the second is that of file systems that know no O_TMPFILE."""
    if request.param is DOT_NAME:
        monkeypatch.setattr(save, "_save_unnamed", lambda *_: None)
    return request.param
