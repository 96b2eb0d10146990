"""`cloister doctor`: what this host gives the sandbox, and what is missing."""

from __future__ import annotations

import json
import sys

import click

from cloister.errors import NoSandbox
from cloister.formats import terminal


@click.command("doctor", short_help="Tell what this host gives the sandbox, and what is missing.")
@click.option("--folder", metavar="DIR", default=".", help="Also look at DIR as a place for outputs.")
@click.option("--require-sandbox", is_flag=True, help="Exit with 20 if a layer of the sandbox is missing.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def command(folder: str, *, require_sandbox: bool, as_json: bool) -> int:
    """Look at this host: the sandbox's layers, where plaintext could be written, models and versions."""
    from cloister.jail import host  # noqa: PLC0415
    from cloister.ocr import installed  # noqa: PLC0415

    facts, full = host.facts(folder), host.full_sandbox()
    if as_json:
        click.echo(
            json.dumps(
                {
                    "schema": "cloister-doctor/1",
                    "sandbox": "full" if full else "not full",
                    "layers": installed.layers(),
                    "facts": [
                        {"name": f.name, "state": f.state.value, "detail": f.detail, "remedy": f.remedy} for f in facts
                    ],
                    "models": dict(installed.models()),
                    "versions": dict(installed.versions()),
                },
                indent=2,
            )
        )
    else:
        _print(facts, full=full)
    return NoSandbox.exit if require_sandbox and not full else 0


def _print(facts: tuple[object, ...], *, full: bool) -> None:
    from cloister.jail.host import Fact, State  # noqa: PLC0415
    from cloister.ocr import installed  # noqa: PLC0415

    colours = {State.OK: "green", State.MISSING: "red", State.UNKNOWN: "yellow"}
    colour = sys.stdout.isatty()
    for fact in facts:
        if not isinstance(fact, Fact):
            continue
        state = click.style(f"{fact.state.value:8}", fg=colours[fact.state]) if colour else f"{fact.state.value:8}"
        click.echo(terminal.safe(f"{fact.name:28}") + state + terminal.safe(fact.detail))
        if fact.remedy:
            click.echo(" " * 36 + fact.remedy)
    for name, sha256 in installed.models():
        click.echo(f"{'model ' + name:28}{'ok':8}sha256 {sha256[:16]}…")
    verdict = "The full sandbox holds on this host." if full else "This host does not give the full sandbox."
    click.echo(f"\n{verdict} `cloister read` gives up all sockets before it begins, in every case.")
