"""The page in a real browser: it asks for nothing, runs nothing, shows hostile text as text, and prints."""

from __future__ import annotations

import subprocess

import pytest

from cloister.review.record import keep
from tests.review.browser import Browser
from tests.review.reviews import PLAIN, review, signed_off

pytestmark = pytest.mark.proof
PLANTED = """<!DOCTYPE html><title>x</title><img src="http://evil.example/x.png">
<script>document.title = "ran"</script><p onclick="1">x</p>"""
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("browser")
    keep(review(signed_off()), signed_off(), folder / "hostile")
    keep(review(signed_off(), PLAIN), signed_off(), folder / "plain")
    (folder / "planted.html").write_text(PLANTED)
    return folder


@pytest.fixture(scope="module")
def browser(folder):
    with Browser(folder / "profile") as browser:
        yield browser


def test_a_page_that_asks_and_runs_is_seen_to(browser, folder):
    browser.open(folder / "planted.html")
    assert "http://evil.example/x.png" in browser.requests()
    assert browser.value("document.title") == "ran"


def test_the_record_asks_for_nothing_and_runs_nothing(browser, folder):
    for name in ("hostile", "plain"):
        path = folder / name / "record.html"
        browser.open(path)
        assert browser.requests() == [path.as_uri()]
        assert browser.heard("Page.javascriptDialogOpening") == []
        assert browser.heard("Runtime.consoleAPICalled") == []
        assert [entry["entry"]["text"] for entry in browser.heard("Log.entryAdded")] == []
        counted = "document.querySelectorAll('script, img, iframe, object, embed, link, form, input, base').length"
        assert browser.value(counted) == 0
        assert browser.value("document.querySelectorAll('tr[data-claim]').length") == 14


def test_the_rule_of_the_page_stops_what_would_be_planted_in_it(browser, folder):
    page = (folder / "plain/record.html").read_text()
    broken = folder / "broken.html"
    broken.write_text(page.replace("<header>", f"<header>{PLANTED}<style>h1 {{ color: red }}</style>", 1))
    browser.open(broken)
    blocked = {event["requestId"]: event.get("blockedReason") for event in browser.heard("Network.loadingFailed")}
    asked = [each["requestId"] for each in browser.heard("Network.requestWillBeSent")[1:]]
    assert {blocked[each] for each in asked} <= {"csp"}
    assert browser.value("document.title") != "ran"
    assert browser.value("getComputedStyle(document.querySelector('h1')).color") != "rgb(255, 0, 0)"


def test_our_style_is_in_force_and_the_page_fits_wide_and_narrow(browser, folder):
    for name in ("hostile", "plain"):
        browser.open(folder / name / "record.html")
        chip = "getComputedStyle(document.querySelector('.chip.{}')).color"
        assert browser.value(chip.format("verified")) == "rgb(20, 88, 59)"
        assert browser.value(chip.format("attested")) == "rgb(90, 61, 138)"
        for width in (1280, 760, 390):
            assert browser.screenshot(width, 900).startswith(b"\x89PNG")
            assert browser.value(FITS), (name, width)


def test_it_prints_every_claim_and_question(browser, folder, tmp_path):
    browser.open(folder / "plain/record.html")
    paper = tmp_path / "record.pdf"
    paper.write_bytes(browser.pdf())
    text = subprocess.run(["pdftotext", "-layout", str(paper), "-"], capture_output=True, text=True, check=True).stdout
    for words in ("REFUTED", "Grounds of each claim", "The reviewer's questions", "V5", "verify_evidence.py"):
        assert words in text


def test_the_drawing_alone_asks_for_nothing(browser, folder):
    path = folder / "hostile/map.svg"
    browser.open(path)
    assert browser.requests() == [path.as_uri()]
    assert browser.value("document.querySelectorAll('script, image, foreignObject, a').length") == 0
