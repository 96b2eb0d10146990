"""Wrapping the key of content three times over: wrapped = tenantKEK(bucketKEK(documentKey(DEK))).

Each layer can end by itself: the document's key, of which each artefact has its own, when that is shredded or the
document deleted; the bucket's when its time is over; the tenant's when the tenant leaves. A wrapped key is a record
apart from the content, so that no copy of the content holds it.
"""

from __future__ import annotations

from dataclasses import dataclass

from cloister.errors import NoKeys
from cloister.keys.context import Context, Layer
from cloister.keys.providers import TenantKey
from cloister.keys.secret import Secret, decrypted, encrypted
from cloister.keys.store import KeyStore, Name


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A wrapped data encryption key. Content stays bound to `born`, under which it was sealed; keys to `bound` too."""

    born: Context
    bound: Context
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """What wraps and unwraps for one tenant. All times are seconds since 1970."""

    store: KeyStore
    tenant: TenantKey

    def begin(self, context: Context) -> None:
        """Make the key of a document's artefact; `KeysExist` if it has one. Nothing else does, so none comes back."""
        self._require_mine(context)
        self.store.add(_names(context)[0], self.tenant)

    def wrap(self, dek: Secret, context: Context, now: int) -> WrappedKey:
        """Wrap the key of an artefact; `KeyGone` if that was shredded. The bucket's key is made if need be."""
        return self._wrap(dek, context, context, now)

    def unwrap(self, record: WrappedKey, now: int) -> Secret:
        """The key; `Expired` once its bucket has ended, swept or not, and `KeyGone` once any layer is destroyed."""
        record.bound.bucket.require_open(now)
        self._require_mine(record.bound)
        document, bucket = _names(record.bound)
        bound, born = record.bound, record.born.spelt()
        with (
            self.tenant.unwrap(record.wrapped, bound.bound(Layer.TENANT, born)) as outer,
            self.store.key(bucket, self.tenant) as bucket_key,
            decrypted(bucket_key, bytes(outer.open()), bound.bound(Layer.BUCKET, born)) as inner,
            self.store.key(document, self.tenant) as document_key,
        ):
            return decrypted(document_key, bytes(inner.open()), bound.bound(Layer.DOCUMENT, born))

    def rewrap(self, record: WrappedKey, context: Context, now: int) -> WrappedKey:
        """The same key under another level, policy or bucket, or a newer tenant key; the content is not touched.

        `LevelLowered` unless it is the same artefact at the same or a higher level.
        """
        record.bound.require_same(context)
        with self.unwrap(record, now) as dek:
            return self._wrap(dek, record.born, context, now)

    def _wrap(self, dek: Secret, born: Context, context: Context, now: int) -> WrappedKey:
        context.bucket.require_open(now)
        self._require_mine(context)
        document, bucket = _names(context)
        self.store.ensure(bucket, self.tenant)
        held = born.spelt()
        with self.store.key(document, self.tenant) as key:
            wrapped = encrypted(key, dek, context.bound(Layer.DOCUMENT, held))
        with self.store.key(bucket, self.tenant) as key:
            wrapped = encrypted(key, wrapped, context.bound(Layer.BUCKET, held))
        return WrappedKey(born, context, self.tenant.wrap(wrapped, context.bound(Layer.TENANT, held)))

    def _require_mine(self, context: Context) -> None:
        if context.tenant != self.tenant.tenant:
            raise NoKeys


def _names(context: Context) -> tuple[Name, Name]:
    where = context.environment, context.tenant
    return Name.document(*where, context.document, context.artefact), Name.bucket(*where, context.bucket)
