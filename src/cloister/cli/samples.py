"""`cloister samples`: documents of people and firms that do not exist, with their exact truth."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cloister.errors import NotAFolder
from cloister.errors.met import while_writing
from cloister.formats import terminal

if TYPE_CHECKING:
    from cloister.samples.carriers import Document

    _Type = click.ParamType[str]
else:
    _Type = click.ParamType

FORMATS = ("png", "jpg", "tiff", "pdf")


class _Known(_Type):
    """A name that the samples know; they are imported only when one is given."""

    def __init__(self, of: str) -> None:
        self.name = of

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name itself, or a usage error that lists what is known."""
        known = _known()[self.name]
        if value not in known:
            self.fail(f"no such {self.name}. Known are: {', '.join(known)}.", param, ctx)
        return value


def _known() -> dict[str, tuple[str, ...]]:
    from cloister import samples  # noqa: PLC0415

    return {"kind": samples.PAPERS, "language": samples.PAPER_LANGUAGES, "quality": samples.QUALITIES}


@click.group("samples", short_help="Make documents of nobody, with their exact truth.")
def command() -> None:
    """Make passports, payslips, contracts and more of people who do not exist, and list what can be made."""


@command.command("list", short_help="List kinds, languages, qualities and surfaces.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def listed(*, as_json: bool) -> int:
    """List what can be made: kinds, languages, qualities, and the surfaces that can carry a canary."""
    from cloister.samples import carriers  # noqa: PLC0415

    known = _known()
    if as_json:
        facts = {"schema": "cloister-samples/1", **known, "born_digital": carriers.TYPED, "surfaces": carriers.SURFACES}
        click.echo(json.dumps(facts, indent=2))
        return 0
    for name, values in known.items():
        click.echo(f"{name:14}{' '.join(values)}")
    click.echo(f"{'born-digital':14}{' '.join(carriers.TYPED)}")
    for suffix, names in carriers.SURFACES.items():
        click.echo(f"{suffix + ' canary':14}{' '.join(names)}")
    return 0


@command.command("make", short_help="Make documents with their truth.")
@click.option("--kind", "kinds", multiple=True, type=_Known("kind"), help="May be repeated; by turns. [default: all]")
@click.option("--language", "languages", multiple=True, type=_Known("language"), help="May be repeated; by turns.")
@click.option("--quality", "qualities", multiple=True, type=_Known("quality"), help="clean, scan, fax, photo or poor.")
@click.option("-n", "--count", type=click.IntRange(1, 100_000), default=10, show_default=True, help="How many files.")
@click.option("--seed", type=click.IntRange(0, 10**9), default=1, show_default=True, help="Same seed, same bytes.")
@click.option("--dpi", type=click.IntRange(50, 600), default=200, show_default=True, help="Resolution of scans.")
@click.option("-f", "--format", "suffix", type=click.Choice(FORMATS), default="png", show_default=True)
@click.option("--born-digital", is_flag=True, help="PDF with its own text layer, as programs write it.")
@click.option("--canary", "canaries", multiple=True, metavar="SURFACE=TEXT", help="Plant TEXT there. May be repeated.")
@click.option("-O", "--output-dir", "folder", required=True, metavar="DIR", help="Gets pages/ and truth/.")
@click.option("--json", "as_json", is_flag=True, help="Print what was made, for programs.")
def make(  # noqa: PLR0913 - one argument for each option
    *,
    kinds: tuple[str, ...],
    languages: tuple[str, ...],
    qualities: tuple[str, ...],
    count: int,
    seed: int,
    dpi: int,
    suffix: str,
    born_digital: bool,
    canaries: tuple[str, ...],
    folder: str,
    as_json: bool,
) -> int:
    """Make documents of nobody: DIR/pages/NAME.png and what each says in DIR/truth/NAME.json.

    `cloister samples list` names the kinds, languages, qualities and surfaces. Nobody in them exists, so the files
    may go to any tool that is under review.
    """
    from cloister.samples import carriers  # noqa: PLC0415

    known = _known()
    suffix = "pdf" if born_digital else suffix
    able = carriers.TYPED if born_digital else known["kind"]
    kinds = kinds or able
    if strange := [kind for kind in kinds if kind not in able]:
        raise click.UsageError(f"no born-digital {strange[0]}. They are: {', '.join(able)}.")
    tokens = _tokens(canaries, carriers.surfaces(suffix, typed=born_digital))
    place, made = Path(folder), []
    for i in _watched(range(count)):
        document = carriers.document(
            kinds[i % len(kinds)],
            seed=seed * 10_007 + i,
            language=languages[(i + i // len(kinds)) % len(languages)] if languages else "en",
            quality=qualities[i % len(qualities)] if qualities else "clean",
            dpi=dpi,
            suffix=suffix,
            typed=born_digital,
            canaries=tokens,
        )
        made.append(_kept(document, place))
    if as_json:
        click.echo(json.dumps({"schema": "cloister-samples/1", "files": made}, indent=2, ensure_ascii=False))
    else:
        click.echo(terminal.safe(f"{count} files in {place / 'pages'}, their truth in {place / 'truth'}"))
    return 0


def _tokens(canaries: tuple[str, ...], allowed: tuple[str, ...]) -> dict[str, str]:
    tokens: dict[str, str] = {}
    for entry in canaries:
        surface, equals, text = entry.partition("=")
        if not equals or not text.strip():
            raise click.UsageError("a canary is written SURFACE=TEXT.")
        if surface not in allowed:
            raise click.UsageError(f"this format has no such surface. It has: {', '.join(allowed)}.")
        tokens[surface] = text
    return tokens


def _watched(numbers: range) -> Iterable[int]:
    """With a progress bar where someone watches."""
    if not sys.stderr.isatty():
        return numbers
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import track  # noqa: PLC0415

    return track(numbers, "Drawing", console=Console(stderr=True), transient=True)


def _kept(document: Document, place: Path) -> dict[str, Any]:
    """Write a document and its truth; gives what `--json` tells of it."""
    name = f"{document.name}.{document.suffix}"
    planted = [
        {"surface": p.surface, "text": p.text, "where": p.where, "box": [round(v, 1) for v in p.box] if p.box else None}
        for p in document.planted
    ]
    truth = {**document.truth.as_json(), "image": f"pages/{name}", "canaries": planted}
    try:
        for part in ("pages", "truth"):
            (place / part).mkdir(parents=True, exist_ok=True)
        (place / "pages" / name).write_bytes(document.data)
        text = json.dumps(truth, ensure_ascii=False) + "\n"
        (place / "truth" / f"{document.name}.json").write_text(text, encoding="utf-8")
    except (FileExistsError, NotADirectoryError):
        raise NotAFolder from None
    except OSError as problem:
        raise while_writing(problem.errno) from None
    told = {"kind": document.truth.kind, "language": document.truth.language, "seed": document.truth.seed}
    return {"page": f"pages/{name}", "truth": f"truth/{document.name}.json", **told, "canaries": planted}
