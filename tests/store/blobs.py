"""What any store of blobs has to do. A test of one inherits it and has the fixture `blobs`."""

from __future__ import annotations

import os

import pytest

from cloister.errors import NotFound

MEGABYTE = 1 << 20


def put(blobs, data=b"sealed"):
    with blobs.incoming() as incoming:
        incoming.file.write(data)
        return incoming.keep()


class BlobsContract:
    """There whole or not at all."""

    @pytest.mark.parametrize("size", [0, 1, MEGABYTE, 8 * MEGABYTE, 8 * MEGABYTE + 1, 21 * MEGABYTE])
    def test_what_was_kept_is_read(self, blobs, size):
        data = os.urandom(size)
        with blobs.incoming() as incoming:
            for start in range(0, size, 3 * MEGABYTE):
                incoming.file.write(memoryview(data)[start : start + 3 * MEGABYTE])
            name = incoming.keep()
        with blobs.open(name) as file:
            assert file.read(17) == data[:17]
            assert file.read() == data[17:]
        assert blobs.names() == {name}

    @pytest.mark.parametrize("size", [1, 9 * MEGABYTE, 40 * MEGABYTE])
    def test_what_was_not_kept_leaves_nothing(self, blobs, size):
        with blobs.incoming() as incoming:
            incoming.file.write(bytes(size))
        with pytest.raises(ZeroDivisionError), blobs.incoming() as incoming:  # noqa: PT012 - it fails within the block
            incoming.file.write(bytes(size))
            raise ZeroDivisionError
        assert blobs.names() == frozenset()
        with pytest.raises(NotFound):
            blobs.open(incoming.name)

    def test_what_is_deleted_is_gone_and_a_second_time_does_nothing(self, blobs):
        name, other = put(blobs), put(blobs)
        blobs.delete(name, name)
        blobs.delete(name)
        assert blobs.names() == {other}
        with pytest.raises(NotFound):
            blobs.open(name)

    def test_orphans_go(self, blobs):
        kept, orphan = put(blobs), put(blobs)
        assert blobs.delete_but(frozenset({kept})) == 1
        assert blobs.names() == {kept}
        assert orphan != kept

    @pytest.mark.parametrize("name", ["../../etc/passwd", "", "/etc/passwd", "A" * 32, "a" * 33, "lost+found"])
    def test_a_name_leads_nowhere_else(self, blobs, name):
        with pytest.raises(NotFound):
            blobs.open(name)
        with pytest.raises(NotFound):
            blobs.delete(name)
