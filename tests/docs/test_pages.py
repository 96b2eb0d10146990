"""The docs agree with the code, and their links lead somewhere."""

from __future__ import annotations

import re

import pytest

from tests.docs import generate
from tests.docs.access import with_access
from tests.docs.audit import with_acts
from tests.docs.blocks import ROOT, pages
from tests.docs.policy import with_policy
from tests.docs.settings import with_settings

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_within_the_repository_leads_somewhere(page):
    targets = [target for target in LINK.findall(page.read_text()) if "://" not in target]
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_page_is_reachable_from_the_index():
    named = {(ROOT / "docs" / target).resolve() for target in LINK.findall((ROOT / "docs/index.md").read_text())}
    assert [page.name for page in pages()[1:] if page.resolve() not in named and page.name != "index.md"] == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_help_text_is_current(page):
    assert page.read_text() == generate.with_help(page.read_text())


def test_the_tables_of_the_policy_are_current():
    text = (ROOT / "docs/policy.md").read_text()
    assert text == with_policy(text)
    assert text.count("<!-- end -->") == 2


def test_the_table_of_acts_is_current():
    text = (ROOT / "docs/audit.md").read_text()
    assert text == with_acts(text)
    assert text.count("| `policy-approved` |") == 1


def test_the_table_of_access_is_current():
    text = (ROOT / "docs/access.md").read_text()
    assert text == with_access(text)
    assert text.count("| `confirm-roles` |") == 1


def test_the_tables_of_the_settings_are_current():
    text = (ROOT / "docs/settings.md").read_text()
    assert text == with_settings(text)
    assert text.count("<!-- end -->") == 3
    assert text.count("`CLOISTER_LISTEN`") >= 1
