"""DSSE v1 (Dead Simple Signing Envelope): what is signed is type and payload, so neither passes for another.

An envelope is accepted in one spelling only, the one that `sealed` writes: base64 and JSON allow several for the same
payload, and then a byte could be changed without a signature noticing.
"""

from __future__ import annotations

import base64
import binascii
import json

from cloister.errors import Broken, DoesNotVerify
from cloister.sign.keys import Key, Public

IN_TOTO = "application/vnd.in-toto+json"
LONGEST = 16 << 20


def pae(kind: str, payload: bytes) -> bytes:
    """The pre-authentication encoding: the bytes that are signed."""
    name = kind.encode()
    return b"DSSEv1 %d %b %d %b" % (len(name), name, len(payload), payload)


def _written(payload: bytes, kind: str, keyid: str, signature: bytes) -> bytes:
    envelope = {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": kind,
        "signatures": [{"keyid": keyid, "sig": base64.b64encode(signature).decode()}],
    }
    return json.dumps(envelope, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def sealed(payload: bytes, key: Key, kind: str = IN_TOTO) -> bytes:
    """The envelope: one line of JSON."""
    return _written(payload, kind, key.public.fingerprint, key.sign(pae(kind, payload)))


def opened(envelope: bytes, key: Public, kind: str = IN_TOTO) -> bytes:
    """The payload of an envelope that this key signed; `DoesNotVerify` on any other."""
    if len(envelope) > LONGEST:
        raise DoesNotVerify(why=Broken.STRANGE)
    try:
        held = json.loads(envelope)
        payload = base64.b64decode(held["payload"], validate=True)
        (signed,) = held["signatures"]
        signature, keyid = base64.b64decode(signed["sig"], validate=True), signed["keyid"]
        again = _written(payload, kind, keyid, signature)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, binascii.Error):
        raise DoesNotVerify(why=Broken.STRANGE) from None
    if again != envelope:
        raise DoesNotVerify(why=Broken.STRANGE)
    if keyid != key.fingerprint:
        raise DoesNotVerify(why=Broken.SIGNER)
    key.verify(signature, pae(kind, payload))
    return payload
