"""The whole table: technique by jail by layer, each layer alone, as both users; docs/sandbox.md shows it."""

from __future__ import annotations

import pytest

from tests.jail.escapes.matrix import BEGIN, ESCAPED, LAYERS, PARENT, ROOT, everything, put, table

pytestmark = pytest.mark.proof


@pytest.fixture(scope="module")
def found():
    return everything()


def test_nothing_escapes_with_every_layer_on_and_each_layer_stops_something(found):
    for who, cells in found.items():
        for cell, outcomes in cells.items():
            layer = cell.partition(":")[2]
            escaped = [name for name, outcome in outcomes.items() if outcome == ESCAPED]
            if layer == "all" or cell == PARENT:
                assert escaped == [], (who, cell)
            elif layer in LAYERS:
                assert len(escaped) < len(cells["bare:none"]), (who, cell)


def test_no_single_layer_stops_everything(found):
    for cells in found.values():
        for cell, outcomes in cells.items():
            if cell.partition(":")[2] in LAYERS:
                assert ESCAPED in outcomes.values(), cell


def test_the_documents_table_is_what_was_found(found):
    page = (ROOT / "docs" / "sandbox.md").read_text()
    assert BEGIN in page
    assert put(page, table(found)) == page
