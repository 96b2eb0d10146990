"""Writes docs/licences.md: `python -m tests.licences.generate`."""

from __future__ import annotations

from tests.licences.inventory import ROOT, entry_of, known, libraries, pinned

PAGE = ROOT / "docs/licences.md"
HEAD = """# Licences

Cloister is under the Apache License 2.0; see LICENSE and NOTICE. This page lists what it ships and what it needs
to run, on Linux for x86-64, with the libraries inside the wheels. It is written by `make docs` from
tests/licences/known.toml, and a test fails on a distribution or library that is not listed, and on the GPL and AGPL.
A licence beside a library or font is what that project is known to use; not every text was compared, and what is
linked into a library is listed as far as the wheel names it.
LGPL and MPL libraries are used as they come, in files of their own, so that anyone can exchange them.
"""


def page() -> str:
    """The page as it must be."""
    facts = known()
    parts = [HEAD, "## In the package\n"]
    parts += [f"- {what}: {licence}" for what, licence in facts["package"].items()]
    parts += [f"- font files {stem}*: {licence}" for stem, licence in facts["fonts"].items()]
    parts.append("\n## Needed to run\n")
    for name in pinned():
        parts.append(f"### {name}\n\n{facts['distributions'].get(name, 'unknown')}\n")
        listed = facts["bundled"].get(name, {})
        stems = sorted({entry_of(library, listed) or library for library in libraries(name)}, key=str.lower)
        inside = facts["inside"].get(name, {})
        parts += [f"- {stem}: {listed.get(stem, 'unknown')}" for stem in stems]
        parts += [f"- {what} (inside): {licence}" for what, licence in inside.items()]
        if stems or inside:
            parts.append("")
    return "\n".join(parts).rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(page())
