"""`cloister policy`, as a person or a program uses it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from tests.cli.command import cloister, on_terminal
from tests.policy.made import DEFAULT, SCHEMA, SHIPPED, changed, policy, text


def test_a_mistake_is_shown_with_its_file_line_and_remedy(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(changed("default", 'text = "15m"', 'text = "2h"', "[levels.high]"))
    line = file.read_text()[: file.read_text().index('text = "2h"')].count("\n") + 1
    ran = cloister("policy", "check", file)
    assert ran.code == 9
    assert f"mine.toml: Line {line}, column 8: a stricter level keeps this longer" in ran.err
    assert "shorten it here" in ran.err
    shown, mark = ran.err.splitlines()[1:3]
    assert shown[mark.index("^") :].startswith('"2h"')


def test_a_program_gets_every_problem(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(text("default").replace('"90d"', "90").replace("[upload]", "[uploads]"))
    ran = cloister("policy", "check", "--json", file)
    assert ran.code == 9
    told = json.loads(ran.text)
    assert told["sound"] is False
    assert {p["code"] for p in told["problems"]} == {"misspelt-key", "missing-key", "wrong-value"}


def test_what_is_no_text_or_no_file_ends_typed(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_bytes(b"a = 1\n\xff")
    assert (ran := cloister("policy", "check", file)).code == 9
    assert "Line 2, column 1" in ran.err
    assert cloister("policy", "check", tmp_path / "none.toml").code == 5
    assert (ran := cloister("policy", "check", tmp_path)).code == 5
    assert "Name the file in it" in ran.err


def test_the_policy_of_the_folder_comes_before_the_shipped_one(tmp_path):
    assert "the policy that Cloister ships is sound" in cloister("policy", "check", cwd=tmp_path).text
    (tmp_path / "policy.toml").write_text(text("clinic"))
    assert "policy.toml is sound" in cloister("policy", "check", cwd=tmp_path).text
    (tmp_path / "policy.toml").write_text("x = 1")
    assert cloister("policy", "check", cwd=tmp_path).code == 9


def test_explaining_a_kind_answers_the_six_questions():
    told = cloister("policy", "explain", SHIPPED["clinic"], "--kind", "finding").text
    for words in (
        "  read: on this machine, without a network\n",
        "  source file kept: no longer than it is read\n",
        "  text kept: 1 hour\n",
        "  content seen by: who submitted it, readers of Medical records\n",
        "  goes to: Patient record system (text, result)\n",
        "  documents owned by: Head of medical records",
        "  next review: 2025-08-29\n",
    ):
        assert words in told


def test_a_kind_that_is_not_listed_is_told_as_the_strictest():
    told = json.loads(cloister("policy", "explain", SHIPPED["invoices"], "--kind", "diary", "--json").text)
    (section,) = told["sections"]
    assert section["says"]["sensitivity"].startswith("high")
    assert section["says"]["goes to"].startswith("nowhere")
    assert len(cloister("policy", "explain", "--json").text) > 1000


def test_a_terminal_gets_a_table_and_obeys_nothing(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(changed("clinic", 'title = "Findings', 'title = "X\u061c Findings'))
    ran = on_terminal("policy", "explain", str(file))
    assert b"Patient record system" in ran.out
    assert b"source file kept:" not in ran.out


def test_a_difference_is_marked_by_its_way(tmp_path):
    file = tmp_path / "new.toml"
    file.write_text(
        changed("clinic", 'retention = { text = "30m"', 'retention = { text = "45m"')
        .replace('link_expires = "0s"', 'link_expires = "0s" # none')
        .replace('rotate = "90d"', 'rotate = "30d"')
        .replace('"Head of kitchen"', '"Cook"')
    )
    ran = cloister("policy", "diff", SHIPPED["clinic"], file)
    assert ran.code == 0
    assert ran.text.splitlines() == [
        "+ widened   kinds.admission-form.retention.text: 30m -> 45m",
        "- narrowed  keys.rotate: 90d -> 30d",
        "~ changed   kinds.menu.document_owner: Head of kitchen -> Cook",
        "1 widened, 1 narrowed, 1 changed.",
    ]
    assert cloister("policy", "diff", file, file).text == "No difference in meaning.\n"


def test_the_schema_and_the_default_are_printed():
    assert cloister("policy", "schema").out == SCHEMA.read_bytes()
    assert cloister("policy", "schema", "--default").out == DEFAULT.read_bytes()
    assert policy("default").review.due() is None


def test_the_command_has_no_network_and_writes_nothing(tmp_path):
    log = tmp_path / "trace"
    words = ["strace", "-f", "-qq", "-e", "trace=socket,connect,openat", "-o", str(log)]
    subprocess.run(
        [*words, sys.executable, "-m", "cloister.cli.main", "policy", "check"],
        check=True,
        capture_output=True,
        env=os.environ,
        cwd=tmp_path,
    )
    opened = log.read_text()
    assert "AF_INET" not in opened
    assert not [line for line in opened.splitlines() if "O_CREAT" in line and "__pycache__" not in line]
