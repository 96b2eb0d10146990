"""A tenant's key in AWS KMS. It cannot be destroyed on time: deletion is scheduled 7 to 30 days ahead, and cancellable.

Only a hash of the associated data is sent, as the encryption context, since that stands in AWS's own logs.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from cloister.errors import KeyAct, KeyProviderUnreachable, KeyRefused
from cloister.keys.providers import End, Ending, Word, digest
from cloister.keys.secret import Secret

_WAIT = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 3, "mode": "standard"})
_SERVER = 500
_USES = {KeyAct.WRAP, KeyAct.UNWRAP, KeyAct.DESCRIBE}
SOONEST = 7
"""Days; AWS takes no fewer."""


def client(region: str, endpoint: str | None = None) -> Any:  # noqa: ANN401 - boto3 makes its classes at run time
    """A client with the credentials that AWS's own settings name."""
    return boto3.client("kms", region_name=region, endpoint_url=endpoint, config=_WAIT)


def arn_of(kms: Any, name: str) -> str:  # noqa: ANN401 - the same
    """The ARN of the key that an ARN, an id or an alias means now: an alias can mean another key tomorrow."""
    return str(AwsKey(kms, name, "").describe()["Arn"])


class AwsKey:
    """One tenant's key: the ARN of a symmetric KMS key that operations have made for it."""

    def __init__(self, kms: Any, arn: str, tenant: str) -> None:  # noqa: ANN401 - the same
        self._kms = kms
        self._arn = arn
        self._tenant = tenant

    @property
    def tenant(self) -> str:
        """Whose it is."""
        return self._tenant

    def wrap(self, key: Secret | bytes, bound: bytes) -> bytes:
        """KMS's own ciphertext, which names the version."""
        held = bytes(key.open()) if isinstance(key, Secret) else key
        answer = self._call(KeyAct.WRAP, "encrypt", Plaintext=held, EncryptionContext=_context(bound))
        return bytes(answer["CiphertextBlob"])

    def unwrap(self, wrapped: bytes, bound: bytes) -> Secret:
        """By this key only, whichever the ciphertext names."""
        answer = self._call(KeyAct.UNWRAP, "decrypt", CiphertextBlob=wrapped, EncryptionContext=_context(bound))
        if answer["KeyId"] != self._arn:
            raise KeyRefused(act=KeyAct.UNWRAP)
        return Secret(bytearray(answer["Plaintext"]))

    def rotate(self) -> None:
        """New material under the same ARN."""
        self._call(KeyAct.ROTATE, "rotate_key_on_demand")

    def disable(self, now: int) -> End:
        """Until somebody enables it."""
        self._call(KeyAct.DISABLE, "disable_key")
        return End(Ending.DISABLED, now, None, Word.SERVICE)

    def destroy(self, now: int) -> End:
        """Schedule its deletion as soon as AWS allows. Until then anyone with the right may cancel that."""
        answer = self._call(KeyAct.DESTROY, "schedule_key_deletion", PendingWindowInDays=SOONEST)
        until: datetime = answer["DeletionDate"]
        return End(Ending.SCHEDULED, now, int(until.timestamp()), Word.SERVICE)

    def describe(self) -> dict[str, Any]:
        """What KMS says of it."""
        return dict(self._call(KeyAct.DESCRIBE, "describe_key")["KeyMetadata"])

    def _call(self, act: KeyAct, name: str, **arguments: object) -> dict[str, Any]:
        # Using a key takes its ARN, which may be another account's; managing it takes its id in this one.
        key = self._arn if act in _USES else self._arn.rpartition("/")[2]
        try:
            answer: dict[str, Any] = getattr(self._kms, name)(KeyId=key, **arguments)
        except ClientError as refusal:
            status = refusal.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            raise (KeyProviderUnreachable() if status >= _SERVER else KeyRefused(act=act)) from None
        except BotoCoreError:
            raise KeyProviderUnreachable from None
        return answer


def _context(bound: bytes) -> dict[str, str]:
    return {"cloister": digest(bound).hex()}
