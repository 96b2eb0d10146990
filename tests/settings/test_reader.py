"""Environment over file over default, each with where it came from; and every value that cannot be is refused."""

from __future__ import annotations

import re
import tomllib
from ipaddress import ip_network
from pathlib import Path

import pytest
from sqlalchemy.exc import ArgumentError

from cloister.errors import (
    BadDatabase,
    BadSettings,
    Expected,
    SecretInSetting,
    SettingsClash,
    SettingsNotToml,
    UnknownSetting,
    UnknownVariable,
    WrongNumber,
    WrongSetting,
)
from cloister.model import Role
from cloister.settings import Bucket, Listen, Per, Quota, Rate, Setting, SignIn, Source, Tls, read, variable
from cloister.settings.known import KNOWN
from cloister.settings.names import OTHERS, Table
from cloister.settings.reader import Named
from cloister.settings.rules import Clash, clashes
from cloister.settings.shapes import ASKED, Count
from cloister.store import postgres
from tests.settings.samples import BAD, GOOD, NUMBERS, SECRET, TELLING, in_file

ROOT = Path(__file__).parents[2]
CORES = 4


def of(environment: dict[str, str] | None = None, text: str | None = None, cores: int = CORES):
    return read(environment or {}, text, cores=cores)


def row(settings, setting: Setting):
    return next(each for each in settings.rows if each.setting is setting)


# What goes with a setting so that it holds together: all in the environment.
WITH = {
    Setting.PUBLIC_URL: {"CLOISTER_TRUSTED_PROXIES": "10.0.0.7"},
    Setting.TRUSTED_PROXIES: {"CLOISTER_PUBLIC_URL": "https://ocr.example.org"},
    Setting.TLS_CERTIFICATE_FILE: {"CLOISTER_TLS_KEY_FILE": "/k"},
    Setting.TLS_KEY_FILE: {"CLOISTER_TLS_CERTIFICATE_FILE": "/c"},
    Setting.BUCKET: {"CLOISTER_OBJECTS_REGION": "eu"},
    Setting.REGION: {"CLOISTER_OBJECTS_BUCKET": "s3://sealed"},
    Setting.ENDPOINT: {"CLOISTER_OBJECTS_BUCKET": "s3://sealed", "CLOISTER_OBJECTS_REGION": "eu"},
}
SIGN_IN = {
    "CLOISTER_OIDC_ISSUER": "https://id.example.org",
    "CLOISTER_OIDC_CLIENT_ID": "cloister",
    "CLOISTER_OIDC_CLIENT_SECRET_FILE": "/s",
    "CLOISTER_PUBLIC_URL": "https://ocr.example.org",
    "CLOISTER_TRUSTED_PROXIES": "10.0.0.7",
}
WITH |= {setting: SIGN_IN for setting in Setting if setting.value.startswith("oidc.")}


def with_(setting: Setting) -> dict[str, str]:
    """What has to be said beside a setting, without the setting itself."""
    return {name: value for name, value in WITH.get(setting, {}).items() if name != variable(setting)}


def test_the_samples_are_of_every_setting():
    assert GOOD.keys() == set(Setting)
    assert BAD.keys() == set(Setting) - {Setting.CONFIG}
    assert len(NUMBERS) == sum(isinstance(known.shape, Count) for known in KNOWN.values())
    assert KNOWN.keys() == set(Setting)


def test_without_a_word_all_is_default_and_only_this_machine_is_served():
    settings = of()
    assert {each.source for each in settings.rows} == {Source.DEFAULT}
    assert [each.setting for each in settings.rows] == list(Setting)
    assert settings.listen == Listen("127.0.0.1", 8470)
    assert settings.listen.is_here
    assert (settings.metrics, settings.sign_in, settings.tls, settings.bucket, settings.database) == (None,) * 5
    assert (settings.trusted_proxies, settings.public_url) == ((), None)
    assert (settings.vault, settings.passphrase_file, settings.config) == (None, None, None)
    assert (settings.workers, settings.page_pool) == (CORES, CORES)
    assert settings.rate == Rate(120, Per.MINUTE)
    assert settings.rate.per.seconds == 60


@pytest.mark.parametrize("setting", [each for each in Setting if each is not Setting.CONFIG])
def test_the_environment_goes_before_the_file_and_the_file_before_the_default(setting):
    environment, file = GOOD[setting]
    beside = with_(setting)
    shape = KNOWN[setting].shape
    (meant,) = tomllib.loads(f"v = {file}").values()
    settings = of(beside, in_file(setting, file))
    assert row(settings, setting).source is Source.FILE
    assert row(settings, setting).value == shape.from_toml(meant)
    if environment is None:
        return
    settings = of({**beside, variable(setting): environment}, in_file(setting, file))
    assert row(settings, setting).source is Source.ENVIRONMENT
    assert row(settings, setting).value == shape.from_text(environment)
    assert row(settings, setting).value != shape.from_toml(meant)
    settings = of({**beside, variable(setting): ""}, in_file(setting, file))
    assert row(settings, setting).source is Source.FILE, "a variable that is empty is not set"


def test_the_values_have_their_types():
    text = "".join(in_file(each, file) for each, (_, file) in GOOD.items() if file and "." not in each.value)
    tables = {}
    for each, (_, file) in GOOD.items():
        if "." in each.value:
            table, _, name = each.value.partition(".")
            tables.setdefault(table, []).append(f"{name} = {file}")
    assert tables.keys() == {table.value for table in Table}
    text += "".join(f"[{table}]\n" + "\n".join(lines) + "\n" for table, lines in tables.items())
    settings = of({}, text)
    assert {each.source for each in settings.rows[1:]} == {Source.FILE}
    assert settings.vault == Path("/etc/vault")
    assert settings.passphrase_file == Path("/etc/pass")
    assert settings.listen == Listen("127.0.0.1", 80)
    assert settings.public_url == "https://ocr.example.org:8443"
    assert settings.trusted_proxies == (ip_network("10.0.0.0/24"),)
    assert settings.tls == Tls(Path("/etc/tls.pem"), Path("/etc/tls.key"))
    assert settings.database == "postgresql://ocr@[::1]:5432/ocr"
    assert settings.bucket == Bucket("sealed.documents", "eu-central-1", "http://127.0.0.1:9000")
    assert (settings.workers, settings.page_pool, settings.uploads, settings.queue) == (3, 9, 4, 6)
    assert settings.rate == Rate(8, Per.HOUR)
    assert settings.quota == Quota(10, 12, 10**12)
    assert settings.sign_in == SignIn(
        issuer="http://127.0.0.1:4444",
        client_id="https://ocr.example.org/",
        client_secret_file=Path("/etc/oidc"),
        groups_claim="https://example.org/groups",
        roles={"ocr users": (Role.SUBMITTER, Role.READER), "auditors": (Role.AUDITOR,)},
        hours=24,
    )
    assert settings.metrics is None, "it says who, but not that there are any"
    assert of({"CLOISTER_METRICS_ENABLED": "true"}).metrics.readers == (ip_network("127.0.0.0/8"), ip_network("::1"))


def test_nothing_of_it_can_be_changed():
    settings = of(SIGN_IN, '[oidc.roles]\nusers = ["reader"]')
    with pytest.raises(AttributeError):
        settings.listen = Listen("0.0.0.0", 80)
    with pytest.raises(TypeError):
        settings.sign_in.roles["others"] = (Role.READER,)


@pytest.mark.parametrize(
    ("written", "host", "port", "here", "shown"),
    [
        ("127.0.0.1:80", "127.0.0.1", 80, True, "127.0.0.1:80"),
        ("127.9.9.9:0", "127.9.9.9", 0, True, "127.9.9.9:0"),
        ("[::1]:8470", "::1", 8470, True, "[::1]:8470"),
        ("[0:0:0:0:0:0:0:1]:8470", "::1", 8470, True, "[::1]:8470"),
        ("[::]:8470", "::", 8470, False, "[::]:8470"),
        ("0.0.0.0:8470", "0.0.0.0", 8470, False, "0.0.0.0:8470"),
        ("[2001:DB8::7]:443", "2001:db8::7", 443, False, "[2001:db8::7]:443"),
        ("192.0.2.7:65535", "192.0.2.7", 65535, False, "192.0.2.7:65535"),
    ],
)
def test_an_address_is_taken_apart_ipv6_in_brackets(written, host, port, here, shown):
    tls = {"CLOISTER_TLS_CERTIFICATE_FILE": "/c", "CLOISTER_TLS_KEY_FILE": "/k"}
    found = of({"CLOISTER_LISTEN": written, **tls}).listen
    assert (found.host, found.port, found.is_here, str(found)) == (host, port, here, shown)


@pytest.mark.parametrize(
    ("setting", "text"), [(setting, text) for setting, (texts, _) in BAD.items() for text in texts]
)
def test_a_value_of_the_environment_that_cannot_be_is_refused(setting, text):
    with pytest.raises(WrongSetting) as refused:
        of({**with_(setting), variable(setting): text})
    told(refused.value, variable(setting), Source.ENVIRONMENT, setting)
    assert len(text) < 6 or text not in str(refused.value).replace(KNOWN[setting].shape.expected.value, "")


@pytest.mark.parametrize(
    ("setting", "text"), [(setting, text) for setting, (_, texts) in BAD.items() for text in texts]
)
def test_a_value_of_the_file_that_cannot_be_is_refused(setting, text):
    with pytest.raises(WrongSetting) as refused:
        of(with_(setting), in_file(setting, text))
    told(refused.value, setting.value, Source.FILE, setting)


def told(problem: WrongSetting, name: str, source: Source, setting: Setting) -> None:
    """Whether a refusal says which setting, where it stands, and what to write instead."""
    assert problem.exit == 9
    assert problem.facts["setting"].value == name
    assert problem.facts["source"] is source
    words = str(problem)
    assert f"The setting {name}, from the {source.value}, cannot be that. Write " in words
    shape = KNOWN[setting].shape
    if isinstance(shape, Count):
        assert type(problem) is WrongNumber
        assert words.endswith(f"a whole number from {shape.least} to {shape.most}.")
    else:
        assert problem.facts["expected"] is shape.expected
        assert words.endswith(f"{shape.expected.value}.")


def test_a_file_that_is_overruled_has_to_be_right_all_the_same():
    with pytest.raises(WrongSetting):
        of({"CLOISTER_LISTEN": "127.0.0.1:80"}, 'listen = "nowhere"')


@pytest.mark.parametrize(("setting", "text"), [(setting, text) for setting, texts in TELLING.items() for text in texts])
def test_an_address_with_a_password_is_refused_and_never_repeated(setting, text):
    for environment, file, name in (
        ({variable(setting): text}, None, variable(setting)),
        ({}, in_file(setting, f'"{text}"'), setting.value),
    ):
        with pytest.raises(SecretInSetting) as refused:
            of(environment, file)
        assert refused.value.exit == 9
        assert name in str(refused.value)
        assert SECRET not in str(refused.value)
        assert not refused.value.__cause__
        assert refused.value.__suppress_context__


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("CLOISTER_LISTN", "CLOISTER_LISTEN"),
        ("CLOISTER_VALT", "CLOISTER_VAULT"),
        ("cloister_listen", "CLOISTER_LISTEN"),
        ("CLOISTER_PASSPHRASE", "CLOISTER_PASSPHRASE_FILE"),
        ("CLOISTER_OIDC_CLIENT_SECRET", "CLOISTER_OIDC_CLIENT_SECRET_FILE"),
        ("CLOISTER_", None),
        ("CLOISTER_PORT_8470_TCP", None),
        (f"CLOISTER_{SECRET}", None),
        ("CLOISTER_" + "A" * 100_000, None),
        ("CLOISTER_\udcff", None),
    ],
)
def test_a_variable_that_means_nothing_is_refused_with_the_nearest_that_does(name, meant):
    with pytest.raises(UnknownVariable) as refused:
        of({name: SECRET, "PATH": "/bin"})
    found = refused.value.facts["meant"].value
    assert found in {variable(each) for each in Setting}
    assert meant is None or found == meant
    assert refused.value.exit == 9
    assert SECRET not in str(refused.value)


def test_variables_of_other_parts_and_of_other_programs_stop_nothing():
    environment = dict.fromkeys(OTHERS, "anything") | {"PATH": "/bin", "XCLOISTER_A": "1", "CLOISTERED": "1", "": ""}
    assert {each.source for each in of(environment).rows} == {Source.DEFAULT}


def test_every_variable_that_the_project_uses_is_known():
    """`CLOISTER_PASSPHRASE` and others stand in tests as what is refused."""
    here = Path(__file__).parent
    folders = ("src", "tests", "docs", "examples", "bench", ".ci")
    files = [
        *(path for folder in folders for path in (ROOT / folder).rglob("*")),
        ROOT / "README.md",
        ROOT / "Makefile",
    ]
    used = {}
    for path in files:
        if path.is_file() and path.suffix in {"", ".py", ".md", ".sh", ".toml"} and here not in path.parents:
            for name in re.findall(r"\bCLOISTER_[A-Z_]*[A-Z]\b", path.read_text(errors="replace")):
                used.setdefault(name, path.relative_to(ROOT).as_posix())
    known = {variable(each) for each in Setting} | set(OTHERS)
    assert {name: path for name, path in used.items() if name not in known} == {
        "CLOISTER_PASSPHRASE": "tests/cli/test_vault.py",
        "CLOISTER_LISTN": "docs/settings.md",
    }


@pytest.mark.parametrize(
    ("text", "line", "column", "meant"),
    [
        ('\nlisten = "127.0.0.1:1"\nlistn = "127.0.0.1:1"\n', 3, 1, "listen"),
        ("workerz = 2", 1, 1, "workers"),
        ('[tls]\ncertificate = "/c"\n', 2, 1, "tls.certificate_file"),
        ('[oidc]\n  client_secret = "x"\n', 2, 3, "oidc.client_secret_file"),
        ('"tls.key_file" = "/k"', 1, 1, "tls.key_file"),
        ('[tls]\n"key_file.x" = "/k"', 2, 1, "tls.key_file"),
        ("[oidc]\nroles.users = ['reader']\nrolez.users = ['reader']", 3, 1, "oidc.roles"),
        ("[limit]\nrate = '1/second'", 1, 1, "limits.rate"),
        ("[[limit]]\nrate = '1/second'", 1, 1, "limits.rate"),
        ("[tls.key_file]\nx = 1", None, None, None),
        ("[listen]\nhost = 1", None, None, None),
        (f'"{SECRET}" = 1', 1, 1, None),
        ("config = '/a.toml'", 1, 1, None),
        ("'' = 1", 1, 1, None),
        ("tls = { key_file = '/k', cert = 1 }", 1, 26, None),
    ],
)
def test_a_key_that_means_nothing_is_refused_where_it_stands_with_the_nearest_that_does(text, line, column, meant):
    if line is None:
        with pytest.raises(WrongSetting):
            of({}, text)
        return
    with pytest.raises(UnknownSetting) as refused:
        of({}, text)
    assert (refused.value.facts["line"], refused.value.facts["column"]) == (line, column)
    assert refused.value.facts["meant"] in set(Setting) - {Setting.CONFIG}
    assert meant is None or refused.value.facts["meant"].value == meant
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("table", Table)
def test_a_table_is_a_table(table):
    for text in (f"{table.value} = 1", f"[[{table.value}]]", f'{table.value} = "{SECRET}"', f"{table.value} = [[]]"):
        with pytest.raises(WrongSetting) as refused:
            of({}, text)
        assert refused.value.facts == {"setting": table, "source": Source.FILE, "expected": Expected.TABLE}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("listen = 127.0.0.1:80", 1),
        ('vault = "/a"\nvault = "/b"', 2),
        ('vault = "/a"\n\n[tls\n', 3),
        (f"# a comment\nworkers = {'1' * 5000}\n", 2),
        ("workers = " + "[" * 100_000, 1),
        ("\x00", 1),
    ],
)
def test_what_is_no_toml_is_refused_with_its_line(text, line):
    with pytest.raises(SettingsNotToml) as refused:
        of({}, text)
    assert refused.value.facts["line"] == line
    assert refused.value.exit == 9


# --- What cannot hold together ------------------------------------------------------------------------------------

TLS = {"CLOISTER_TLS_CERTIFICATE_FILE": "/c", "CLOISTER_TLS_KEY_FILE": "/k"}
OPEN = {"CLOISTER_LISTEN": "0.0.0.0:8470"}
PUBLIC = {"CLOISTER_PUBLIC_URL": "https://ocr.example.org"}
LOCAL = {"CLOISTER_PUBLIC_URL": "http://127.0.0.1:8470"}
FAR, NEAR = {"CLOISTER_TRUSTED_PROXIES": "10.0.0.7"}, {"CLOISTER_TRUSTED_PROXIES": "127.0.0.1, ::1"}
BUCKET, REGION = {"CLOISTER_OBJECTS_BUCKET": "s3://sealed"}, {"CLOISTER_OBJECTS_REGION": "eu"}
ENDPOINT = {"CLOISTER_OBJECTS_ENDPOINT": "https://s3.example.org"}


@pytest.mark.parametrize(
    ("clash", "environment"),
    [
        (Clash.TLS_HALF, {"CLOISTER_TLS_CERTIFICATE_FILE": "/c"}),
        (Clash.TLS_HALF, {"CLOISTER_TLS_KEY_FILE": "/k"} | OPEN),
        (Clash.PLAIN_HTTP, OPEN),
        (Clash.PLAIN_HTTP, {"CLOISTER_LISTEN": "[::]:8470"}),
        (Clash.PLAIN_HTTP, {"CLOISTER_LISTEN": "192.0.2.7:80"}),
        (Clash.PLAIN_HTTP, {"CLOISTER_LISTEN": "[::ffff:10.0.0.1]:80"}),
        (Clash.PLAIN_HTTP, OPEN | NEAR | PUBLIC),
        (Clash.PROXY_WITHOUT_URL, FAR),
        (Clash.PROXY_WITHOUT_URL, FAR | OPEN),
        (Clash.PUBLIC_WITHOUT_TLS, PUBLIC),
        (Clash.PUBLIC_PLAIN, LOCAL | TLS),
        (Clash.PUBLIC_PLAIN, LOCAL | FAR),
        (Clash.PUBLIC_PLAIN, LOCAL | FAR | OPEN),
        (Clash.BUCKET_HALF, BUCKET),
        (Clash.BUCKET_HALF, REGION),
        (Clash.BUCKET_HALF, ENDPOINT),
        (Clash.BUCKET_HALF, ENDPOINT | BUCKET),
        *((Clash.SIGN_IN_HALF, {n: v for n, v in (SIGN_IN | TLS).items() if n not in gone}) for gone in (
            {"CLOISTER_OIDC_ISSUER"}, {"CLOISTER_OIDC_CLIENT_ID"}, {"CLOISTER_OIDC_CLIENT_SECRET_FILE"},
            {"CLOISTER_PUBLIC_URL", "CLOISTER_TRUSTED_PROXIES"},
        )),
        (Clash.SIGN_IN_HALF, {"CLOISTER_OIDC_SESSION_HOURS": "8"}),
        (Clash.SIGN_IN_HALF, {"CLOISTER_OIDC_GROUPS_CLAIM": "groups"}),
        (Clash.POOL_BELOW_WORKERS, {"CLOISTER_WORKERS": "4", "CLOISTER_PAGE_POOL": "3"}),
    ],
)  # fmt: skip
def test_what_cannot_hold_together_is_refused_with_its_remedy(clash, environment):
    with pytest.raises(SettingsClash) as refused:
        of(environment)
    assert refused.value.facts == {"rule": clash}
    assert refused.value.exit == 9
    assert clash.value in str(refused.value)


def test_every_clash_is_tried_above():
    (marks,) = test_what_cannot_hold_together_is_refused_with_its_remedy.pytestmark
    assert {clash for clash, _ in marks.args[1]} == set(Clash)


def test_roles_without_a_provider_are_half_a_sign_in():
    with pytest.raises(SettingsClash) as refused:
        of({}, '[oidc.roles]\nusers = ["reader"]')
    assert refused.value.facts == {"rule": Clash.SIGN_IN_HALF}


@pytest.mark.parametrize(
    "environment",
    [
        OPEN | TLS,
        OPEN | FAR | PUBLIC,
        NEAR | PUBLIC,
        TLS | PUBLIC,
        OPEN | TLS | NEAR | PUBLIC,
        LOCAL,
        BUCKET | REGION,
        BUCKET | REGION | ENDPOINT,
        SIGN_IN,
        {"CLOISTER_LISTEN": "[::1]:1"},
        {"CLOISTER_WORKERS": "4", "CLOISTER_PAGE_POOL": "4"},
    ],
)
def test_what_can_hold_together_does(environment):
    assert len(of(environment).rows) == len(Setting)


@pytest.mark.parametrize(
    ("cores", "workers", "pool", "found"),
    [
        (4, None, None, (4, 4)),
        (1, None, None, (1, 1)),
        (0, None, None, (1, 1)),
        (1000, None, None, (256, 256)),
        (4, "8", None, (8, 8)),
        (4, "2", None, (2, 4)),
        (4, None, "2", (2, 2)),
        (4, None, "16", (4, 16)),
        (4, "3", "5", (3, 5)),
    ],
)
def test_as_many_workers_and_jails_as_cores_where_nobody_says_how_many(cores, workers, pool, found):
    given = {"CLOISTER_WORKERS": workers, "CLOISTER_PAGE_POOL": pool}
    settings = of({name: value for name, value in given.items() if value}, cores=cores)
    assert (settings.workers, settings.page_pool) == found


# --- With those who use them ------------------------------------------------------------------------------------------


def test_a_database_is_let_through_only_if_the_store_takes_it_apart_in_the_same_way():
    assert set(ASKED) == postgres._ASKED
    for address in ("postgresql://me@127.0.0.1/r", "postgresql://me@[::1]:5433/r", "postgresql://me@/r?host=/run/a"):
        assert of({"CLOISTER_DATABASE": address}).database == address
        assert postgres._checked(address).password is None
    for text in TELLING[Setting.DATABASE]:
        with pytest.raises((BadDatabase, ArgumentError)):
            postgres._checked(text)


def test_the_settings_file_of_the_docs_is_one():
    (text,) = re.findall(r"```toml\n(.*?)```", (ROOT / "docs/settings.md").read_text(), re.DOTALL)
    settings = of({}, text)
    assert settings.sign_in.roles["ocr users"] == (Role.SUBMITTER, Role.READER)
    assert settings.listen == Listen("0.0.0.0", 8470)


def test_who_named_the_settings_file_is_told():
    for source in (Source.OPTION, Source.ENVIRONMENT):
        settings = read({}, "", Named(Path("/a.toml"), source), cores=1)
        assert settings.config == Path("/a.toml")
        assert row(settings, Setting.CONFIG).source is source


def test_rules_are_asked_of_all_and_not_only_of_the_first():
    found = {setting: known.default for setting, known in KNOWN.items()}
    found |= {Setting.WORKERS: 2, Setting.PAGE_POOL: 1, Setting.REGION: "eu", Setting.TLS_KEY_FILE: Path("/k")}
    assert set(clashes(found, [])) == {Clash.POOL_BELOW_WORKERS, Clash.BUCKET_HALF, Clash.TLS_HALF}


def test_no_refusal_is_more_than_bad_settings():
    for kind in (SecretInSetting, SettingsClash, SettingsNotToml, UnknownSetting, UnknownVariable, WrongNumber):
        assert issubclass(kind, BadSettings)
        assert kind.exit == 9
