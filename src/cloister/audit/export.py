"""An export of a log: a folder of files that anybody can check, with nothing but `verify_log.py` beside them.

events.jsonl     every event, a line each, exactly as it was hashed
checkpoint       the log's size and root, signed by the log
log.vkey         the public key of the log
witnessed.jsonl  what each witness signed last, a line each, with the proof that the log goes on from there
verify_log.py    checks all of it
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cloister.audit import verify_log
from cloister.audit.held import Held
from cloister.errors import Flaw, LogDoesNotVerify
from cloister.sign import canonical
from cloister.sign.note import encoded

SCRIPT = "verify_log.py"


def export(held: Held) -> dict[str, bytes]:
    """The files of an export, by name, without the script."""
    return {
        verify_log.EVENTS: b"".join(leaf + b"\n" for leaf in held.leaves),
        verify_log.CHECKPOINT: held.note.written(),
        verify_log.VKEY: f"{held.verifier.vkey()}\n".encode(),
        verify_log.WITNESSED: b"".join(line + b"\n" for line in _witnessed(held)),
    }


def script() -> bytes:
    """The script that checks an export, to be put beside it."""
    assert verify_log.__file__
    with open(verify_log.__file__, "rb") as file:  # noqa: PTH123 - one read of our own file
        return file.read()


def verified(
    given: dict[str, bytes] | bytes, key: str | None, witnesses: Sequence[str], seen: Sequence[bytes] = ()
) -> dict[str, Any]:
    """What the script finds in the files of an export, or in a receipt; `LogDoesNotVerify` where it finds a flaw."""
    try:
        if isinstance(given, bytes):
            return verify_log.check_receipt(given, key, tuple(witnesses))
        return verify_log.check(given, key, tuple(witnesses), tuple(seen))
    except verify_log.Broken as broken:
        raise LogDoesNotVerify(why=Flaw.ROOT if broken.why == "SIZE" else Flaw[broken.why]) from None


def _witnessed(held: Held) -> list[bytes]:
    lines = []
    for each in sorted(held.witnessed, key=lambda each: (each.checkpoint.size, each.witness.vkey())):
        size = each.checkpoint.size
        proof = held.tree.consistency(size, held.checkpoint.size) if size else ()
        lines.append(
            canonical(
                {
                    "checkpoint": each.note.written().decode(),
                    "proof": [encoded(one) for one in proof],
                    "witness": each.witness.vkey(),
                }
            )
        )
    return lines
