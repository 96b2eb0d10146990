"""Text in Markdown stays text, by the parsers of GitHub, markdown-it and mistune, extensions included."""

from __future__ import annotations

import re
from collections.abc import Callable

import cmarkgfm
import mistune
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from markdown_it import MarkdownIt

from cloister import formats
from cloister.document import Block, BlockKind, Page
from tests.formats.documents import FACTS, HOSTILE, SCRIPTS, empty_page, line_of, page_of

UNSAFE = 1 << 17
EXTENSIONS = ["strikethrough", "footnotes", "table", "url", "task_lists"]
EXTENSIONS += ["def_list", "math", "superscript", "subscript", "mark"]
LETTERS = "ab1.:@/wW`*_~<>[]()!#+-=|\\&;$^{}\"' \u00e9"
RENDERERS: dict[str, Callable[[str], str]] = {
    "github": lambda text: cmarkgfm.github_flavored_markdown_to_html(text, options=UNSAFE),
    "markdown-it": MarkdownIt("gfm-like").render,
    "mistune": mistune.create_markdown(escape=False, plugins=EXTENSIONS),
}
OURS = {"p", "code"}

renderers = pytest.mark.parametrize("renderer", list(RENDERERS))


def written(*pages: Page) -> str:
    return b"".join(formats.WRITERS["md"].write(pages, lambda: FACTS)).decode()


def seen(renderer: str, markdown: str) -> tuple[set[str], str]:
    """Which elements a renderer makes of it, and the text that a reader sees."""
    out = RENDERERS[renderer](markdown)
    tree = html.fromstring(f"<div>{out}</div>")
    return {element.tag for element in tree.iterdescendants()}, " ".join(tree.text_content().split())


def expected(words: list[str]) -> str:
    text = re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029]", "\ufffd", " ".join(words))
    return " ".join(text.encode("utf-8", "replace").decode().split())


@renderers
@pytest.mark.parametrize("text", [*HOSTILE, *SCRIPTS], ids=ascii)
def test_hostile_text_stays_text(renderer, text):
    for words in ([text], [text, "and", text], ["a", text], [text, text, text]):
        elements, shown = seen(renderer, written(page_of([words])))
        assert elements <= OURS
        assert shown == expected(words)


@pytest.mark.parametrize("renderer", ["github", "markdown-it"])
def test_the_renderers_would_make_links_and_markup_of_raw_text(renderer):
    raw = "**b** <b>x</b> http://e.example www.e.example m@e.example ~~s~~ `c`\n\n# h\n\n1. one\n"
    elements, _ = seen(renderer, raw)
    assert {"strong", "b", "a", "h1", "ol"} <= elements


@renderers
def test_every_line_of_a_paragraph_is_safe(renderer):
    lines = [[text, "x"] for text in HOSTILE]
    page = page_of(lines)
    elements, shown = seen(renderer, written(Page(1, 9, 9, 72.0, (Block(page.lines),))))
    assert elements <= OURS
    assert shown == expected([word for line in lines for word in line])


@renderers
@settings(max_examples=300, deadline=None)
@given(words=st.lists(st.text(LETTERS, min_size=1, max_size=9), min_size=1, max_size=4))
def test_no_text_at_all_becomes_markup(renderer, words):
    words = [word for word in (word.replace(" ", "") for word in words) if word]
    if words:
        elements, shown = seen(renderer, written(page_of([words, words])))
        assert elements <= OURS
        assert shown == expected(words + words)


def test_plain_prose_is_left_as_it_is():
    text = 'On 3.50 pages, e.g. at 10:30 (see no. 7), it\'s "fine" - or not? 100% sure! A/B; c'
    assert written(page_of([text.split()])) == text + "\n"


def test_lists_headings_and_rules_at_the_start_of_a_line_are_text():
    lines = {"1. a": r"1\. a", "- a": r"\- a", "+ a": r"\+ a", "# a": r"\# a", "a. b": r"a\. b", ": a": r"\: a"}
    for plain, safe in lines.items():
        assert written(page_of([plain.split()])) == safe + "\n"


def test_pages_are_parted_by_a_rule_and_a_sidebar_is_a_quotation():
    page = page_of([["one"], ["two"]])
    aside = Page(2, 9, 9, 72.0, (Block((line_of(["x"], 1), line_of(["y"], 2)), BlockKind.SIDEBAR),))
    assert written(page, empty_page(), aside) == "one\n\ntwo\n\n---\n\n\n---\n\n> x\n> y\n"
    elements, _ = seen("github", written(page, empty_page(), aside))
    assert elements == {"p", "hr", "blockquote"}
