"""docs/errors.md and the tree in cloister.errors say what the classes say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import pytest

from cloister import errors
from cloister.errors import CloisterError, KeyAct, Wanted, Why
from cloister.languages import Script
from cloister.model import Sensitivity, SourceKind
from cloister.policy.clashes import Clash
from cloister.policy.reader import Word
from cloister.settings import Source

DOCS = (Path(__file__).parent.parent.parent / "docs" / "errors.md").read_text()
HEADING = re.compile(
    r"^### (\w+)\n\n`([a-z-]+)` · exit (\d+) · HTTP (\d+)\. (.+?)(?=\n\n#|\Z)", re.MULTILINE | re.DOTALL
)
TREE = re.compile(r"^((?:│   |    )*)(?:[├└]── )?(\w+) +exit (\d+)", re.MULTILINE)
FACTS = {
    "number": 1,
    "way": errors.Clock.BACK,
    "size": 1,
    "limit": 2,
    "page": 3,
    "seconds": 4.5,
    "status": 503,
    "errno": 5,
    "why": Why.MEMORY,
    "script": Script.THAI,
    "part": Why.STATUS,
    "line": 12,
    "column": 5,
    "key": Word("review"),
    "meant": Word("retention"),
    "wanted": Wanted.TIME,
    "rule": Clash.HIGH_TO_CLOUD,
    "level": Sensitivity.HIGH,
    "most": Sensitivity.LOW,
    "act": KeyAct.ROTATE,
    "setting": errors.ProviderSetting.KEY_NAME,
    "type": SourceKind.WEBP,
    "expected": errors.Expected.LISTEN,
    "source": Source.FILE,
    "least": 1,
    "window": 60.0,
    "quota": errors.QuotaOf.BYTES,
}


def below(kind: type[CloisterError]) -> Iterator[type[CloisterError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from below(child)


CLASSES = [kind for kind in below(CloisterError) if kind.__module__.startswith(f"{errors.__name__}.")]
classes = pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)


def paragraphs() -> dict[str, tuple[str, int, int, str]]:
    return {name: (code, int(exit_), int(status), text) for name, code, exit_, status, text in HEADING.findall(DOCS)}


def tree() -> dict[str, tuple[str | None, int]]:
    """Each class in the tree of the docstring, with its parent's name and its exit code."""
    found, path = {}, []
    for indent, name, exit_ in TREE.findall(errors.__doc__):
        line = re.search(rf"^.*\b{name} +exit", errors.__doc__, re.MULTILINE)[0]
        depth = 0 if line.startswith(name) else len(indent) // 4 + 1
        path[depth:] = [name]
        found[name] = (path[depth - 1] if depth else None, int(exit_))
    return found


@classes
def test_every_class_has_its_paragraph(kind):
    code, exit_, status, text = paragraphs()[kind.__name__]
    assert (code, exit_, status) == (kind.code, kind.exit, kind.status)
    assert len(text.split()) >= 8, "a paragraph says what it means and what to do"


def test_every_paragraph_has_its_class():
    assert set(paragraphs()) == {kind.__name__ for kind in CLASSES}
    assert len(re.findall(r"^### ", DOCS, re.MULTILINE)) == len(CLASSES)


@classes
def test_the_tree_in_the_docstring_is_complete(kind):
    parent = kind.__bases__[0]
    assert tree()[kind.__name__] == (parent.__name__ if parent is not Exception else None, kind.exit)


def test_the_tree_holds_nothing_else():
    assert set(tree()) == {kind.__name__ for kind in CLASSES}


def test_codes_are_unique():
    assert len({kind.code for kind in CLASSES}) == len(CLASSES)


@classes
def test_a_message_says_what_to_do_in_whole_sentences(kind):
    wanted = set(re.findall(r"{(\w+)}", kind.says))
    message = str(kind(**{name: FACTS[name] for name in wanted}))
    assert "{" not in message
    assert message[0].isupper()
    assert message.endswith(".")


@classes
def test_every_exit_code_is_in_the_table(kind):
    assert re.search(rf"\| {kind.exit} \|", DOCS)


def test_a_fact_can_hold_no_text():
    assert set(errors.Fact.__args__) == {int, float, Enum}
