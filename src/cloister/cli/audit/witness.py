"""`cloister audit witness`: have somebody outside keep and sign what the log is."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import click

from cloister.cli.audit.opened import AS_JSON, LOG, key_of, opened, say, telling
from cloister.formats.save import save


@click.group(short_help="Have somebody outside keep and sign it.")
def command() -> None:
    """Have a witness outside sign what LOG is, so that not even who holds its key can write it anew unnoticed.

    A witness is a folder elsewhere, an HTTP endpoint (c2sp.org/tlog-witness), or a printed code. One that whoever
    runs the log can change witnesses nothing.
    """


@command.command("new", short_help="Make a witness in a folder.")
@click.argument("folder", metavar="DIR")
@click.option("--name", metavar="NAME", required=True, help="What it signs as, without spaces: witness.example/w1.")
@click.option("--log", metavar="VKEY", required=True, help="The public key of the log that it is to know.")
def new(folder: str, name: str, log: str) -> int:
    """Make a witness with a new key in a new folder DIR, and print its public key.

    DIR belongs where who runs the log cannot write: another person's machine or stick. Give the public key to
    whoever is to verify the log.
    """
    from cloister.audit.witness import folder as folders  # noqa: PLC0415 - `--help` needs no crypto library
    from cloister.sign.note import is_name  # noqa: PLC0415

    if not is_name(name):
        raise click.UsageError("--name has 1 to 100 characters, without spaces and plus signs.")
    known = key_of(log)
    with telling(folder):
        made = folders.create(folder, name, known)
    click.echo(made.vkey())
    return 0


@command.command("ask", short_help="Have a witness sign what the log is now.")
@LOG
@click.option("--folder", metavar="DIR", help="The folder of the witness.")
@click.option("--url", metavar="URL", help="The address of the witness; https, or http to this machine.")
@click.option("--key", metavar="VKEY", help="With --url: the public key of the witness.")
@AS_JSON
def ask_(log: str, folder: str | None, url: str | None, key: str | None, *, as_json: bool) -> int:
    """Ask a witness to sign the last checkpoint of LOG, and keep the signature beside the log.

    It signs only if the log goes on from the last checkpoint that it signed. Otherwise exit 25: the log is not the
    one that it saw. If it cannot be asked: exit 15.
    """
    from cloister.audit.verify_log import moment  # noqa: PLC0415 - `--help` needs no crypto library
    from cloister.audit.witness import FolderWitness, HttpWitness, Witness, ask  # noqa: PLC0415
    from cloister.audit.witness.asking import keep  # noqa: PLC0415

    if (folder is None) == (url is None) or (url is None) != (key is None):
        raise click.UsageError("give --folder, or --url with --key.")
    held = opened(log)
    with telling(folder or url or ""):
        witness: Witness = FolderWitness(folder) if folder else HttpWitness(url or "", key_of(key or ""))
        signed = ask(held, witness, int(time.time()))
    with telling(log):
        keep(log, signed)
    size, at = signed.checkpoint.size, moment(signed.seconds)
    if as_json:
        say({"schema": "cloister-audit-witness/1", "size": size, "at": at, "witness": witness.verifier.vkey()})
    else:
        click.echo(f"witnessed up to {size} at {at}")
    return 0


@command.command("print", short_help="Print what the log is now as a QR code.")
@LOG
@click.option("-o", "--output", metavar="FILE", help="Write a PNG into FILE, with mode 600.")
def print_(log: str, output: str | None) -> int:
    """Print the last checkpoint of LOG as a QR code and as text, to be put away on paper.

    Whoever has the paper scans it into a file later and gives that to `verify --seen`.
    """
    from cloister.audit import qr  # noqa: PLC0415 - only who prints needs it

    held = opened(log)
    text = held.note.written().decode()
    code = qr.modules(text)
    if output is not None:
        with telling(output):
            save([qr.png(code)], output)
        return 0
    click.echo(qr.text(code))
    click.echo(text)
    click.echo(f"{held.checkpoint.size} events, printed {datetime.now(UTC):%Y-%m-%d}")
    return 0
