"""Finding again what was seen before, without keeping what it was: keyed hashes that end with their bucket."""

from __future__ import annotations

import hashlib
import hmac

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cloister.keys.context import encoded
from cloister.keys.secret import SIZE, Secret

_PURPOSE = b"cloister/lookups/1"


def lookup(bucket: Secret, scope: str, value: bytes) -> bytes:
    """HMAC-SHA-256 (32 bytes) of a value within a scope, such as an idempotency key within a tenant's submissions.

    Its key is derived from the bucket's (HKDF, RFC 5869), so that no key has two uses; once the bucket's key is
    destroyed, nobody can test a guess against it.
    """
    derived = HKDF(algorithm=hashes.SHA256(), length=SIZE, salt=None, info=_PURPOSE).derive(bucket.open())
    return hmac.new(derived, encoded(scope, value), hashlib.sha256).digest()
