"""`cloister audit verify`: whether a log, an export or a receipt is to be believed, and how far."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cloister.cli.audit.opened import AS_JSON, key_of, opened, say, small, telling

if TYPE_CHECKING:
    from cloister.sign import Verifier


@click.command("verify", short_help="Is it to be believed, and how far?")
@click.argument("path", metavar="LOG|EXPORT|RECEIPT")
@click.option("--key", metavar="VKEY", help="The public key that the log must be signed with.")
@click.option("--witness", metavar="VKEY", multiple=True, help="The public key of a witness that must have signed.")
@click.option("--seen", metavar="FILE|DIR", multiple=True, help="What a witness saw last: its folder, or a checkpoint.")
@AS_JSON
def command(path: str, key: str | None, witness: tuple[str, ...], seen: tuple[str, ...], *, as_json: bool) -> int:
    """Check a log, an export of one, or a receipt: every hash, signature and proof.

    Tells how far it is proven. Without --witness or --seen that is against anyone but who holds the log's key, and
    the word for it is UNWITNESSED. Ends with exit 25 if anything does not fit. For a log, it also checks that every
    policy that came into force was approved (exit 20). Whoever does not trust this program uses verify_log.py.
    """
    from cloister.audit import approvals, verify_log  # noqa: PLC0415 - `--help` needs no crypto library
    from cloister.audit.export import export, verified  # noqa: PLC0415

    wanted = [key_of(each).vkey() for each in witness]
    signer = key_of(key).vkey() if key else None
    given: dict[str, bytes] | bytes
    held = None
    if not Path(path).is_dir():
        if seen:
            raise click.UsageError("--seen is for a log or an export.")
        given = small(path)
    elif (Path(path) / verify_log.EVENTS).is_file():
        given = _export(path)
    else:
        held = opened(path)
        given = export(held)
    points = [_seen(each, given) for each in seen]
    with telling(path):
        result = verified(given, signer, wanted, points)
        if held is not None:
            approvals.check(held.events())
    if as_json:
        say(_plain(result))
    else:
        click.echo("\n".join(verify_log.told(result)))
    return 0


def _export(path: str) -> dict[str, bytes]:
    from cloister.audit import verify_log  # noqa: PLC0415
    from cloister.errors import Flaw, LogDoesNotVerify  # noqa: PLC0415

    with telling(path):
        try:
            return {name: verify_log.read(Path(path) / name) for name in verify_log.FILES}
        except verify_log.Broken:
            raise LogDoesNotVerify(why=Flaw.MISSING) from None


def _seen(name: str, given: dict[str, bytes] | bytes) -> bytes:
    """A checkpoint: the file itself, or what the witness in this folder signed last of this log."""
    if not Path(name).is_dir() or isinstance(given, bytes):
        return small(name)
    from cloister.audit import verify_log  # noqa: PLC0415
    from cloister.audit.witness import FolderWitness  # noqa: PLC0415
    from cloister.errors import NotFound  # noqa: PLC0415

    with telling(name):
        log: Verifier = key_of(given[verify_log.VKEY].decode("utf-8", "replace"))
        last = FolderWitness(name).last(log)
        if last is None:
            raise NotFound
        return last.written()


def _plain(result: dict[str, Any]) -> dict[str, Any]:
    from cloister.audit.verify_log import moment  # noqa: PLC0415

    witnessed = [{"name": w.name, "size": point.size, "at": moment(point.seconds)} for w, point in result["witnessed"]]
    seen = [point.size for point in result["seen"]]
    return {
        "schema": "cloister-audit/1",
        "log": result["log"].vkey,
        "size": result["size"],
        "until": result["time"] or None,
        "unwitnessed": not witnessed and not seen,
        "proven_against_anyone": max([0, *seen, *(each["size"] for each in witnessed)]),
        "witnessed": witnessed,
        "seen": seen,
        "signed_by_others": [each.vkey for each in result["others"]],
    }
