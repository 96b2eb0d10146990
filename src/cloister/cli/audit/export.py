"""`cloister audit export`: the log as a folder that anybody can check."""

from __future__ import annotations

from pathlib import Path

import click

from cloister.cli.audit.opened import AS_JSON, LOG, opened, say, telling
from cloister.errors import OutputExists
from cloister.errors.met import while_writing
from cloister.formats.save import save


@click.command("export", short_help="As a folder that anybody can check.")
@LOG
@click.argument("out", metavar="OUT")
@AS_JSON
def command(log: str, out: str, *, as_json: bool) -> int:
    """Write all of LOG into a new folder OUT, with mode 700: the events as JSON lines, the signed checkpoint, what
    witnesses signed with the proofs for it, and verify_log.py, which checks all of that without Cloister.

    An export holds ids, times and numbers, never a name or anything of a document. No file is replaced.
    """  # noqa: D205 - click makes one paragraph of it
    from cloister.audit.export import SCRIPT, export, script  # noqa: PLC0415 - `--help` needs no crypto library

    held = opened(log)
    with telling(out):
        try:
            Path(out).mkdir(mode=0o700)
        except FileExistsError:
            raise OutputExists from None
        except (OSError, ValueError) as problem:
            raise while_writing(getattr(problem, "errno", None)) from None
        files = {**export(held), SCRIPT: script()}
        for name, data in files.items():
            save([data], Path(out) / name, overwrite=False)
    if as_json:
        say({"schema": "cloister-audit-export/1", "events": held.checkpoint.size, "files": sorted(files)})
    else:
        click.echo(f"{held.checkpoint.size} events, {len(files)} files. Check them with verify_log.py, from elsewhere.")
    return 0
