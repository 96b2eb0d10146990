"""`cloister config` as it is run: what it prints, what it never prints, and how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from cloister.settings import Setting, Source, variable
from tests.cli.command import cloister, on_terminal
from tests.settings.samples import BAD, GOOD, SECRET, TELLING, in_file
from tests.settings.test_reader import WITH, with_


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """Nothing of the surroundings is set."""
    for name in [name for name in os.environ if name.startswith("CLOISTER_")]:
        monkeypatch.delenv(name)


def settings_file(tmp_path, text: str):
    file = tmp_path / "cloister.toml"
    file.write_text(text)
    file.chmod(0o600)
    return file


def test_it_tells_every_setting_on_a_line_with_where_it_came_from(tmp_path, monkeypatch):
    file = settings_file(tmp_path, 'vault = "/srv/vault"\nworkers = 3\n')
    monkeypatch.setenv("CLOISTER_LISTEN", "[::1]:9000")
    monkeypatch.setenv("CLOISTER_WORKERS", "2")
    ran = cloister("config", "--config", file)
    assert (ran.code, ran.err) == (0, "")
    lines = {line.split()[0]: line for line in ran.text.splitlines()}
    assert list(lines) == [each.value for each in Setting]
    assert lines["config"] == f"{'config':24}{'option':15}{file}"
    assert lines["vault"] == f"{'vault':24}{'settings file':15}/srv/vault"
    assert lines["listen"] == f"{'listen':24}{'environment':15}[::1]:9000"
    assert lines["workers"] == f"{'workers':24}{'environment':15}2"
    assert lines["limits.rate"] == f"{'limits.rate':24}{'default':15}120/minute"
    assert lines["database"] == f"{'database':24}{'default':15}(the vault's own SQLite)"


def test_the_variable_names_the_file_too(tmp_path, monkeypatch):
    monkeypatch.setenv("CLOISTER_CONFIG", str(settings_file(tmp_path, "workers = 1\npage_pool = 77\n")))
    assert f"{'page_pool':24}{'settings file':15}77\n" in cloister("config").text


def test_programs_get_json_with_types(tmp_path):
    text = (
        'public_url = "https://a.example"\ntrusted_proxies = ["10.0.0.7", "10.1.0.0/16"]\nworkers = 3\n'
        '[metrics]\nenabled = true\n[oidc]\nissuer = "https://b.example"\nclient_id = "c"\nclient_secret_file = "/s"\n'
        '[oidc.roles]\n"ocr users" = ["reader"]\n'
    )
    ran = cloister("config", "--json", "--config", settings_file(tmp_path, text))
    told = json.loads(ran.text)
    assert told["schema"] == "cloister-config/1"
    rows = {row["name"]: row for row in told["settings"]}
    assert list(rows) == [each.value for each in Setting]
    assert rows["trusted_proxies"] == {
        "name": "trusted_proxies",
        "variable": "CLOISTER_TRUSTED_PROXIES",
        "value": ["10.0.0.7", "10.1.0.0/16"],
        "from": "settings file",
        "shown": True,
    }
    assert rows["workers"]["value"] == 3
    assert rows["metrics.enabled"]["value"] is True
    assert rows["oidc.roles"]["value"] == {"ocr users": ["reader"]}
    assert rows["database"]["value"] is None
    assert rows["listen"]["value"] == "127.0.0.1:8470"
    assert rows["oidc.client_secret_file"] == {
        "name": "oidc.client_secret_file",
        "variable": "CLOISTER_OIDC_CLIENT_SECRET_FILE",
        "value": None,
        "from": "settings file",
        "shown": False,
    }
    assert {row["from"] for row in told["settings"]} <= {source.value for source in Source}


def test_people_get_a_table():
    ran = on_terminal("config")
    assert ran.code == 0
    for setting in Setting:
        assert setting.value in ran.text
    assert "\x1b[" in ran.text, "it is drawn for a terminal"
    assert "127.0.0.1:8470" in ran.text


SECRET_FILES = [Setting.PASSPHRASE_FILE, Setting.TLS_KEY_FILE, Setting.CLIENT_SECRET_FILE]


@pytest.mark.parametrize("setting", SECRET_FILES)
def test_a_secret_where_the_name_of_its_file_belongs_is_not_printed(setting, tmp_path, monkeypatch):
    for name, value in with_(setting).items():
        monkeypatch.setenv(name, value)
    for secret in (SECRET, f"/{SECRET}", "x" + SECRET * 60):
        monkeypatch.setenv(variable(setting), secret)
        ran = [cloister("config"), cloister("config", "--json"), on_terminal("config")]
        assert [each.code for each in ran] == [0, 0, 0]
        assert not [each for each in ran if SECRET in each.text.replace("\r\n", "") + each.err]
        assert "not shown, as there is no such file" in ran[0].text
    file = tmp_path / "held"
    file.write_text(SECRET)
    monkeypatch.setenv(variable(setting), str(file))
    ran = cloister("config")
    assert str(file) in ran.text
    assert SECRET not in ran.text, "what is in the file is not read"


@pytest.mark.parametrize("setting", TELLING)
def test_a_password_in_an_address_is_printed_nowhere(setting, tmp_path, monkeypatch):
    for text in TELLING[setting]:
        file = settings_file(tmp_path, in_file(setting, f'"{text}"'))
        ran = [cloister("config", "--config", file), cloister("config", "--json", "--config", file)]
        monkeypatch.setenv(variable(setting), text)
        ran += [cloister("config"), on_terminal("config")]
        monkeypatch.delenv(variable(setting))
        assert [each.code for each in ran] == [9] * 4
        assert not [each for each in ran if SECRET in each.text + each.err]
        assert "[secret-in-setting]" in ran[0].err


OWN_NAMES = {Setting.VAULT, Setting.TLS_CERTIFICATE_FILE, Setting.CLIENT_ID, Setting.GROUPS_CLAIM, Setting.REGION}
UNKNOWN = ["PASSPHRASE", "TOKEN", "DATABASE_PASSWORD", "OIDC_CLIENT_SECRET", SECRET]
IN_FILE = ["passphrase", "token", f'"{SECRET}"', "oidc.client_secret", "tls.key", "database.password"]
PLANTED = [
    *((f"CLOISTER_{name}", None) for name in UNKNOWN),
    *((None, f'{name} = "{SECRET}"\n') for name in IN_FILE),
    *((None, text) for text in (f'[oidc]\nclient_secret = "{SECRET}"\n', f"{SECRET}\n", f'["{SECRET}"]\na = 1\n')),
    *((variable(each), None) for each in Setting if each not in {*SECRET_FILES, *OWN_NAMES}),
    *((None, in_file(each, f'["{SECRET}"]')) for each in Setting if each is not Setting.CONFIG),
]
"""A secret as the value of a variable, or in the file, in each place that is not a name of the deployment's own."""


@pytest.mark.parametrize(("name", "text"), PLANTED)
def test_a_secret_in_any_place_ends_with_9_and_is_not_printed(name, text, tmp_path, monkeypatch):
    if name:
        monkeypatch.setenv(name, SECRET)
    ran = cloister("config", *(["--config", settings_file(tmp_path, text)] if text else []))
    assert ran.code == 9
    assert ran.out == b""
    assert SECRET not in ran.err
    assert ran.err.startswith("cloister: ")


@pytest.mark.parametrize("setting", BAD)
def test_what_cannot_be_ends_with_9_and_names_the_setting(setting, tmp_path, monkeypatch):
    texts, values = BAD[setting]
    ran = cloister("config", "--config", settings_file(tmp_path, in_file(setting, values[0])))
    assert (ran.code, ran.out) == (9, b"")
    assert f"The setting {setting.value}, from the settings file, cannot be that. Write " in ran.err
    monkeypatch.setenv(variable(setting), texts[0])
    ran = cloister("config")
    assert (ran.code, ran.out) == (9, b"")
    assert f"The setting {variable(setting)}, from the environment, cannot be that. Write " in ran.err


def test_a_path_cannot_draw_on_the_terminal(monkeypatch):
    monkeypatch.setenv("CLOISTER_VAULT", "/a\u202eb\udcff\u009b")
    for ran in (cloister("config"), on_terminal("config"), cloister("config", "--json")):
        assert ran.code == 0
        assert "\u202e" not in ran.text
        assert "\u009b" not in ran.text
    assert json.loads(cloister("config", "--json").text)["settings"][1]["value"] == "/a\u202eb\udcff\u009b"


def test_the_commands_on_a_vault_find_it_in_the_settings_file(tmp_path, monkeypatch):
    (tmp_path / "pass").write_text("six random words for a test\n")
    (tmp_path / "pass").chmod(0o600)
    text = f'vault = "{tmp_path}/vault"\npassphrase_file = "{tmp_path}/pass"\n'
    monkeypatch.setenv("CLOISTER_CONFIG", str(settings_file(tmp_path, text)))
    assert cloister("init").code == 0
    assert cloister("keys", "rotate").code == 0
    assert cloister("list").code == 0
    assert cloister("list", "--vault", tmp_path / "none").code == 9, "an option goes before all of it"
    monkeypatch.setenv("CLOISTER_VAULT", str(tmp_path / "none"))
    assert "[no-vault]" in cloister("list").err
    assert cloister("list", "--vault", tmp_path / "vault").code == 0
    monkeypatch.delenv("CLOISTER_VAULT")
    monkeypatch.setenv("CLOISTER_LISTN", "1")
    ran = cloister("list")
    assert (ran.code, "[unknown-variable]" in ran.err) == (9, True)
    assert cloister("list", "--vault", tmp_path / "vault").code == 0, "no setting is needed for it"
    assert cloister("--version").code == 0
    assert cloister("policy", "check").code == 0


def test_no_vault_is_told_as_before():
    ran = cloister("list")
    assert (ran.code, "[no-vault]" in ran.err) == (9, True)


def test_help_reads_no_setting_and_other_commands_load_none(monkeypatch):
    monkeypatch.setenv("CLOISTER_LISTN", "1")
    assert "CLOISTER_CONFIG" in cloister("config", "--help").text
    code = (
        "import sys\nfrom cloister.cli import main, group\n"
        "for name in main.COMMANDS.keys() - {'config'}:\n    group.cloister.get_command(None, name)\n"
        "print([name for name in sys.modules if name.startswith('cloister.settings')])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "[]\n"


def test_the_samples_that_need_others_have_them():
    assert WITH.keys() <= GOOD.keys()
