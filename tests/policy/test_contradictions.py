"""Every contradiction is refused where it stands, with what to do about it."""

from __future__ import annotations

from datetime import date

import pytest

from cloister.errors import (
    BadPolicy,
    Contradiction,
    MissingKey,
    Misspelt,
    NotToml,
    UnknownKey,
    UnlistedName,
    WrongValue,
)
from cloister.policy import check
from cloister.policy.clashes import Clash
from tests.policy.made import DEFAULT, changed, text

HIGH, LOW, MODERATE = "[levels.high]", "[levels.low]", "[levels.moderate]"
# Each: what it contradicts, the policy, what is replaced, by what, behind which text; the line must be that of `by`.
LIST = [
    (Clash.HIGH_TO_CLOUD, "invoices", 'placements = ["offline"]', 'placements = ["offline", "cloud"]', HIGH),
    (Clash.HIGH_TO_HYBRID, "invoices", 'placements = ["offline"]', 'placements = ["offline", "hybrid"]', HIGH),
    (Clash.LEVEL_PLACES_MORE, "law-firm", 'placements = ["offline", "private"]', 'placements = ["private"]', MODERATE),
    (Clash.LEVEL_KEEPS_LONGER, "default", 'text = "15m"', 'text = "2h"', HIGH),
    (Clash.LEVEL_ROLES_MORE, "default", '"operator", "auditor"]', '"auditor", "custodian"]', HIGH),
    (Clash.LEVEL_KEYS_MORE, "clinic", 'keys = ["pkcs11"]', 'keys = ["vault"]', MODERATE),
    (Clash.PLACEMENT_MISSING, "default", 'placements = ["offline"]', 'placements = ["offline", "cloud"]', LOW),
    (Clash.PLACEMENT_KEEPS_LONGER, "invoices", 'keeps = "24h"', 'keeps = "60d"', "[placements.cloud]"),
    (Clash.PROVIDER_READS_ABROAD, "invoices", 'placements = ["offline"]', 'placements = ["cloud"]', "[kinds.contract]"),
    (
        Clash.CLOUD_NOWHERE,
        "invoices",
        '[placements.cloud]\nprovider = "A cloud service"\nowner = "Head of IT"\nresidency = "IE"',
        '[placements.cloud]\nprovider = "A cloud service"\nowner = "Head of IT"',
        "[placements",
    ),
    (Clash.PAGES_OUTLIVE_SOURCE, "default", 'pages = "0s"', 'pages = "15m"', HIGH),
    (Clash.MANAGER_READS, "default", 'read = ["submitter"]', 'read = ["submitter", "operator"]', HIGH),
    (Clash.MANAGER_SUBMITS, "default", 'submit = ["submitter"]', 'submit = ["operator"]', LOW),
    (Clash.AUDITOR_ACTS, "default", 'shorten = ["submitter", "operator"]', 'shorten = ["auditor"]', LOW),
    (Clash.SHORTENS_UNSEEN, "default", 'shorten = ["submitter", "operator"]', 'shorten = ["custodian"]', LOW),
    (Clash.DELETES_UNSEEN, "default", 'delete = ["submitter", "operator"]', 'delete = ["policy-owner"]', LOW),
    (Clash.KIND_KEEPS_LONGER, "clinic", 'retention = { text = "30m"', 'retention = { text = "2h"', "[kinds.adm"),
    (Clash.KIND_PLACES_MORE, "invoices", 'placements = ["offline"]', 'placements = ["private"]', "[kinds.contract]"),
    (Clash.KIND_BELOW_EVIDENCE, "default", 'evidence = ["iban"', 'evidence = ["mrz", "iban"', "[kinds.invoice]"),
    (
        Clash.SINK_BELOW_KIND,
        "clinic",
        'origins = ["admission-desk"]\nlimits',
        'sinks = ["menu"]\norigins = ["admission-desk"]\nlimits',
        "[kinds.payslip]",
    ),
    (
        Clash.SINK_ABROAD,
        "law-firm",
        'residency = ["EU"]\norigins = ["client-link", "office"]\nteams = ["lawyers"]\nsinks',
        'residency = ["CH"]\norigins = ["client-link", "office"]\nteams = ["lawyers"]\nsinks',
        "[kinds",
    ),
    (Clash.SINK_GETS_UNKEPT, "clinic", 'takes = ["text", "result"]', 'takes = ["pages"]', "[sinks"),
    (
        Clash.TEAM_CANNOT_READ,
        "invoices",
        '[kinds.contract]\ntitle = "Contracts with suppliers"\nlevel = "moderate"',
        '[kinds.contract]\ntitle = "Contracts with suppliers"\nteams = ["accounting"]\nlevel = "high"',
        "",
    ),
    (Clash.RUNS_BELOW_RETRIES, "default", "runs = 2", "runs = 1", "[kinds.invoice]"),
    (Clash.LINKS_SWITCHED_OFF, "law-firm", 'link_expires = "4h"', 'link_expires = "0s"', ""),
    (Clash.LINK_LIVES_LONG, "law-firm", 'link_expires = "4h"', 'link_expires = "25h"', ""),
    (Clash.UNFINISHED_LIVES_LONG, "default", 'unfinished = "15m"', 'unfinished = "2d"', ""),
    (Clash.ORIGIN_UNREACHED, "law-firm", 'by = "link"\nnetworks = ["client-offices"]', 'by = "link"', ""),
    (Clash.COMMAND_OVER_NETWORK, "clinic", 'by = "web"\nnetworks', 'by = "command"\nnetworks', ""),
    (Clash.NETWORK_EVERYWHERE, "clinic", '"10.20.0.0/16"', '"0.0.0.0/0"', ""),
    (Clash.REVIEW_NEVER, "default", 'interval = "180d"', 'interval = "367d"', ""),
    (Clash.REVIEW_UNSIGNED, "default", "# last = 2026-01-31", "last = 2025-01-31", ""),
    (Clash.REVIEW_UNDATED, "default", '# approved_by = ["…", "…"]', 'approved_by = ["A", "B"]', ""),
    (Clash.REVIEW_TO_COME, "clinic", "last = 2025-03-02", "last = 2026-03-02", ""),
    (Clash.HISTORY_OUTLIVES_EVENTS, "default", 'history = "30d"', 'history = "400d"', ""),
    (Clash.STALE_BEFORE_TIMEOUT, "default", 'stale = "15m"', 'stale = "9m"', ""),
    (Clash.SWEEP_TOO_SELDOM, "default", 'sweep = "1m"', 'sweep = "0s"', ""),
    (Clash.KEPT_UNDER_SWEEP, "default", 'text = "15m"', 'text = "30s"', HIGH),
    (Clash.READS_NO_TIME, "default", 'timeout = "10m"', 'timeout = "0s"', ""),
    (Clash.KEYS_LIVE_LONG, "default", 'rotate = "90d"', 'rotate = "400d"', ""),
    (Clash.SERVICE_KEYS_LIVE_LONG, "clinic", 'service_keys = "90d"', 'service_keys = "400d"', ""),
]
EXTRA = {
    Clash.SINK_BELOW_KIND: '\n[sinks.menu]\ntitle="M"\ntype="folder"\nclearance="low"\ntakes=["text"]\nowner="K"\n',
    Clash.LEVEL_PLACES_MORE: "",
}
TODAY = date(2025, 6, 1)
ELSEWHERE = {
    Clash.LINKS_SWITCHED_OFF: 'by = "link"',
    Clash.COMMAND_OVER_NETWORK: 'networks = ["wards"]',
    Clash.LEVEL_PLACES_MORE: 'placements = ["offline"]',
    Clash.SINK_ABROAD: 'sinks = ["matter-archive"]',
    Clash.SINK_GETS_UNKEPT: 'sinks = ["patient-record"]',
    Clash.CLOUD_NOWHERE: "[placements.cloud]",
    Clash.TEAM_CANNOT_READ: 'teams = ["accounting"]\nlevel = "high"',
}
"""Where the clause that is to blame stands, if not where the change was made."""


@pytest.mark.parametrize(
    ("clash", "name", "old", "new", "after"), LIST, ids=lambda v: v.name if isinstance(v, Clash) else ""
)
def test_a_contradiction_is_refused_with_its_line_and_remedy(clash, name, old, new, after):
    whole = changed(name, old, new, after) + EXTRA.get(clash, "")
    found = [p for p in check(whole, TODAY).problems if p.facts.get("rule") is clash]
    assert found, [str(p) for p in check(whole, TODAY).problems]
    blamed = ELSEWHERE.get(clash, new)
    start = whole.index(blamed, whole.index(after) if clash not in ELSEWHERE or after == HIGH else 0)
    lines = range(whole.count("\n", 0, start) + 1, whole.count("\n", 0, start + len(blamed)) + 2)
    assert any(p.facts["line"] in lines for p in found), [(p.facts["line"], lines) for p in found]
    assert all(isinstance(p, Contradiction) and p.exit == 9 for p in found)
    assert all(f"Line {p.facts['line']}, column {p.facts['column']}:" in str(p) for p in found)
    assert ";" in clash.value, "the remedy stands behind a semicolon"


def test_every_contradiction_is_on_the_list():
    assert {clash for clash, *_ in LIST} == set(Clash)
    assert len(LIST) >= 25


MISTAKES = [
    (UnknownKey, "default", 'interval = "180d"', 'interval = "180d"\nxyz = 1', "xyz"),
    (UnknownKey, "default", "[keys]", "[levels.secret]\n[keys]", "[levels.secret]"),
    (Misspelt, "default", "[keys]", "[keyz]", "[keyz]"),
    (Misspelt, "default", 'interval = "180d"', 'intervall = "180d"', "intervall"),
    (Misspelt, "default", 'text = "24h"', 'text = "24h"\ntexts = "1h"', "texts"),
    (MissingKey, "default", 'rotate = "90d"', "", "[keys]"),
    (MissingKey, "default", "limits = { bytes = 20_000_000, pages", "limits = { pages", "{ pages"),
    (MissingKey, "default", 'schema = "cloister-policy/1"', "", "#"),
    (WrongValue, "default", 'schema = "cloister-policy/1"', 'schema = "cloister-policy/2"', '"cloister-policy/2"'),
    (WrongValue, "default", 'text = "24h"', 'text = "1 day"', '"1 day"'),
    (WrongValue, "default", 'text = "24h"', "text = 24", "24"),
    (WrongValue, "default", 'text = "24h"', 'text = "-1h"', '"-1h"'),
    (WrongValue, "default", '["offline"]', '["offline", "moon"]', '"moon"'),
    (WrongValue, "default", '["offline"]', "[]", "[]"),
    (WrongValue, "default", '["offline"]', '["offline", "offline"]', '"offline"]'),
    (WrongValue, "default", 'read = ["submitter", "reader"]', 'read = ["admin"]', '"admin"'),
    (WrongValue, "default", "pages = 20,", "pages = 0,", "0, runs"),
    (WrongValue, "default", "pages = 20,", "pages = true,", "true"),
    (WrongValue, "default", "[kinds.identity]", "[kinds.Passport_1]", "[kinds.Passport_1]"),
    (WrongValue, "clinic", '"10.20.0.0/16"', '"10.20.0.1/16"', '"10.20.0.1/16"'),
    (WrongValue, "clinic", 'residency = "DE"', 'residency = "Germany"', '"Germany"'),
    (WrongValue, "clinic", "last = 2025-03-02", 'last = "2025-02-30"', '"2025-02-30"'),
    (WrongValue, "clinic", "last = 2025-03-02", "last = 2025-03-02T10:00:00Z", "2025-03-02T"),
    (WrongValue, "default", 'owner = "not named yet"', 'owner = "a\\u202eb"', '"a\\u202eb"'),
    (UnlistedName, "clinic", 'sinks = ["patient-record"]', 'sinks = ["patient-records"]', '"patient-records"'),
    (UnlistedName, "clinic", 'origins = ["fax-inbox"]', 'origins = ["fax-inbox", "fax"]', '"fax"]'),
    (UnlistedName, "clinic", 'teams = ["records"]', 'teams = ["record"]', '"record"]'),
    (UnlistedName, "clinic", 'networks = ["wards"]', 'networks = ["ward"]', '"ward"]'),
    (NotToml, "default", 'interval = "180d"', 'interval = "180d', "interval"),
    (NotToml, "default", 'interval = "180d"', "interval = 180d", "interval = 180d"),
    (NotToml, "default", 'interval = "180d"', 'interval = "180d"\ninterval = "1d"', 'interval = "1d"'),
    (NotToml, "default", "[keys]", "[logging]", "[logging]\nrotate"),
    (NotToml, "default", "[keys]", "[keys", "[keys"),
    (NotToml, "default", "pages = 20", f"pages = {'2' * 5000}", "222"),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "name", "old", "new", "blamed"), MISTAKES)
def test_a_mistake_is_refused_where_it_stands(problem, name, old, new, blamed):
    whole = changed(name, old, new)
    found = check(whole).problems
    start = whole.index(blamed, max(0, whole.index(new) - 200 if new and blamed not in new else whole.find(new)))
    line = whole.count("\n", 0, start) + 1
    hits = [p for p in found if type(p) is problem and p.facts["line"] == line]
    assert hits, [(type(p).__name__, p.facts["line"], line) for p in found]
    assert hits[0].exit == 9


def test_all_problems_are_told_at_once():
    whole = changed("default", 'interval = "180d"', 'interval = "180"').replace('rotate = "90d"', "rotate = 90")
    assert [type(p) for p in check(whole).problems] == [WrongValue, WrongValue]


@pytest.mark.parametrize(
    "hostile",
    ["", "=", "[", "a" * 100, "[" * 100_000, "a = " + "[" * 100_000, "a." * 50_000, "\x00", 'a = """', "x" * 2_000_000],
)
def test_what_is_no_policy_ends_typed(hostile):
    checked = check(hostile)
    assert checked.policy is None
    assert all(isinstance(problem, BadPolicy) for problem in checked.problems)
    assert checked.problems


def test_no_message_repeats_what_somebody_wrote():
    whole = text("default").replace("[keys]", "[canary-7731]").replace('"90d"', '"canary-7731"')
    assert not any("7731" in str(problem) for problem in check(whole).problems)


def test_the_default_needs_no_change():
    assert check(DEFAULT.read_text()).problems == ()
