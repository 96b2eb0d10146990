"""`cloister review map`: the data path, declared and seen."""

from __future__ import annotations

import click

from cloister.cli.review import kept
from cloister.review import draw
from cloister.review.record.text import clean
from cloister.review.result import Edge


def _text(edges: tuple[Edge, ...]) -> str:
    lines = []
    for number, edge in enumerate(edges, 1):
        lines.append(f"{number:2}. {clean(edge.source)} -> {clean(edge.target)} ({draw.called(edge)})")
        lines.append(
            f"    {clean(edge.carries)}; lifetime: {clean(edge.lifetime)}; protection: {clean(edge.protection)}"
        )
    return "\n".join(lines or ["No way of the data was declared or seen."]) + "\n"


FORMS = {"text": _text, "svg": draw.svg, "mermaid": draw.mermaid}


@click.command("map", short_help="The data path: declared and seen.")
@kept.FOLDER
@click.option(
    "-f", "--format", "form", type=click.Choice(list(FORMS)), default="text", show_default=True, help="The format."
)
@click.option("-o", "--output", metavar="FILE", help="Write it into FILE, with mode 600.")
def command(folder: str, form: str, output: str | None) -> int:
    """Show each way that data took or may take: from where to where, what it carries, how long it stays there,
    how it is protected, and whether it was declared and seen.
    """  # noqa: D205 - click makes one paragraph of it
    kept.give(FORMS[form](kept.opened(folder).review.edges), output)
    return 0
