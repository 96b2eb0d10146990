"""What every key provider must do. A test class inherits this and gives the fixtures `key` and `other`.

`key` is a tenant's key; `other` is another tenant's, of the same provider.
"""

from __future__ import annotations

import pytest

from cloister.errors import CloisterError, KeyGone, KeyRefused, NotOffered, SealedDataDamaged
from cloister.keys.providers import Ending, TenantKey, prove
from cloister.keys.secret import Secret
from tests.keys.setup import NOW

DENIED = (KeyRefused, KeyGone, SealedDataDamaged)
BOUND = b"what it belongs to"


class ProviderContract:
    """The contract."""

    dies = True
    """Whether the key is really gone after `destroy` in the surroundings of the test."""
    stops = True
    """Whether it stops opening after `disable` there."""

    def test_what_is_wrapped_unwraps(self, key: TenantKey):
        with Secret.new() as inner:
            assert key.unwrap(key.wrap(inner, BOUND), BOUND).open() == inner.open()

    def test_a_wrapped_key_can_be_wrapped_again(self, key):
        held = bytes(range(256)) * 2
        assert key.unwrap(key.wrap(held, BOUND), BOUND).open() == held

    def test_wrapping_twice_gives_two_ciphertexts_without_the_key(self, key):
        with Secret.new() as inner:
            one, two = key.wrap(inner, BOUND), key.wrap(inner, BOUND)
            assert one != two
            assert bytes(inner.open()) not in one + two

    def test_a_wrapped_key_fits_into_the_store(self, key):
        from cloister.keys.slots import MOST

        with Secret.new() as inner:
            assert len(key.wrap(inner, BOUND)) <= MOST

    @pytest.mark.parametrize("bound", [b"", b"what it belongs t", b"what it belongs to\0", b"something else"])
    def test_other_associated_data_is_refused(self, key, bound):
        with pytest.raises(DENIED):
            key.unwrap(key.wrap(b"k" * 32, BOUND), bound)

    def test_another_tenants_key_is_refused(self, key, other):
        assert key.tenant != other.tenant
        with pytest.raises(DENIED):
            other.unwrap(key.wrap(b"k" * 32, BOUND), BOUND)

    def test_changed_and_cut_ciphertexts_are_refused(self, key):
        wrapped = key.wrap(b"k" * 32, BOUND)
        changed = [wrapped[:-1], wrapped[:10], b"", wrapped[:-1] + bytes([wrapped[-1] ^ 1])]
        for each in changed:
            with pytest.raises(CloisterError):
                key.unwrap(each, BOUND)

    def test_the_probe_passes(self, key):
        prove(key)

    def test_after_rotation_the_old_unwraps_and_the_new_wraps(self, key):
        old = key.wrap(b"o" * 32, BOUND)
        key.rotate()
        new = key.wrap(b"n" * 32, BOUND)
        assert key.unwrap(old, BOUND).open() == b"o" * 32
        assert key.unwrap(new, BOUND).open() == b"n" * 32

    def test_a_disabled_key_opens_nothing(self, key):
        wrapped = key.wrap(b"k" * 32, BOUND)
        try:
            end = key.disable(NOW)
        except NotOffered:
            assert key.unwrap(wrapped, BOUND).open() == b"k" * 32
            return
        assert (end.ending, end.disabled_at, end.irrecoverable_at) == (Ending.DISABLED, NOW, None)
        if self.stops:
            with pytest.raises(DENIED):
                key.unwrap(wrapped, BOUND)

    def test_a_destroyed_key_opens_nothing_and_a_scheduled_one_is_not_called_destroyed(self, key, other):
        wrapped, kept = key.wrap(b"k" * 32, BOUND), other.wrap(b"o" * 32, BOUND)
        key.rotate()
        newer = key.wrap(b"k" * 32, BOUND)
        end = key.destroy(NOW)
        assert end.disabled_at == NOW
        if end.ending is Ending.DESTROYED:
            assert end.irrecoverable_at == NOW
        else:
            assert end.ending is Ending.SCHEDULED
            assert end.irrecoverable_at > NOW
        if self.dies:
            for each in (wrapped, newer):
                with pytest.raises(DENIED):
                    key.unwrap(each, BOUND)
            with pytest.raises(DENIED):
                key.wrap(b"k" * 32, BOUND)
        assert other.unwrap(kept, BOUND).open() == b"o" * 32
