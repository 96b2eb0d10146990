"""Values that settings can have, and values that they cannot; in the environment, and in the settings file."""

from __future__ import annotations

from cloister.settings import Setting

SECRET = "hunter2-correct-horse"
GOOD = {
    Setting.CONFIG: ("/etc/cloister.toml", None),
    Setting.VAULT: ("/srv/vault", '"/etc/vault"'),
    Setting.PASSPHRASE_FILE: ("/srv/pass", '"/etc/pass"'),
    Setting.LISTEN: ("[::1]:9000", '"127.0.0.1:80"'),
    Setting.PUBLIC_URL: ("https://ocr.example.org", '"https://ocr.example.org:8443/"'),
    Setting.TRUSTED_PROXIES: ("10.0.0.7, 2001:db8::/48", '["10.0.0.0/24"]'),
    Setting.TLS_CERTIFICATE_FILE: ("/srv/tls.pem", '"/etc/tls.pem"'),
    Setting.TLS_KEY_FILE: ("/srv/tls.key", '"/etc/tls.key"'),
    Setting.DATABASE: ("postgresql://ocr@/ocr?host=/run/postgresql", '"postgresql://ocr@[::1]:5432/ocr"'),
    Setting.BUCKET: ("s3://sealed", '"s3://sealed.documents"'),
    Setting.REGION: ("us-east-1", '"eu-central-1"'),
    Setting.ENDPOINT: ("https://s3.example.org", '"http://127.0.0.1:9000"'),
    Setting.WORKERS: ("2", "3"),
    Setting.PAGE_POOL: ("8", "9"),
    Setting.UPLOADS: ("3", "4"),
    Setting.QUEUE: ("5", "6"),
    Setting.RATE: ("7/second", '"8/hour"'),
    Setting.QUOTA_DOCUMENTS: ("9", "10"),
    Setting.QUOTA_PAGES: ("11", "12"),
    Setting.QUOTA_BYTES: ("13", "1_000_000_000_000"),
    Setting.ISSUER: ("https://id.example.org/realms/a/", '"http://127.0.0.1:4444"'),
    Setting.CLIENT_ID: ("cloister", '"https://ocr.example.org/"'),
    Setting.CLIENT_SECRET_FILE: ("/srv/oidc", '"/etc/oidc"'),
    Setting.GROUPS_CLAIM: ("cognito:groups", '"https://example.org/groups"'),
    Setting.ROLES: (None, '{ "ocr users" = ["reader", "submitter"], auditors = ["auditor"] }'),
    Setting.SESSION_HOURS: ("1", "24"),
    Setting.METRICS: ("true", "false"),
    Setting.METRICS_READERS: ("10.1.2.3", '["10.1.0.0/16", "::1"]'),
}
"""For each setting one in the environment and another in the file; None: it cannot stand there."""

_PLACES = (["a\nb", "/a\x7f", "/" + "a" * 4096], ['"vault"', '"./vault"', '""', "1", "[]", '"/a\\u0000b"', '"~/a"'])
_URLS = [
    *(
        "http://ocr.example.org",
        "http://localhost",
        "http://0.0.0.0",
        "ftp://ocr.example.org",
        "ocr.example.org",
        "https://",
    ),
    *(
        "https://ocr.example.org?a=b",
        "https://ocr.example.org#a",
        "https://ocr.example.org:0",
        "https://a b",
        "https://-a.org",
    ),
    *("https://ocr.example.org:65536", "https://[::1", "https://[1.2.3.4]", "https://ocr.example.org\\a"),
    *("HTTPS://ocr.example.org", "https://öcr.example.org", "https://ocr.example.org\n"),
]
_RANGES = [
    *("10.0.0.1/24", "0.0.0.0/0", "::/0", "0.0.0.0/1", "10.0.0.0/7", "::/31", "::ffff:0:0/96", "::ffff:10.0.0.1", "*"),
    *("localhost", "10.0.0.1,", ",", "10.0.0", "10.0.0.1;10.0.0.2", "fe80::1%eth0", "010.0.0.1", "10.0.0.1/33"),
]
_LISTENS = [
    *("127.0.0.1", ":8470", "8470", "localhost:8470", "0:8470", "127.1:80", "::1:8470", "[127.0.0.1]:80", "[::1]"),
    *("[::1%lo]:80", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:8O", "127.0.0.1:80 ", "unix:/run/a", "[::1]:"),
    *("127.0.0.1:٣", "http://127.0.0.1:80", "256.0.0.1:80"),
]
_DATABASES = [
    *("sqlite:///records.db", "postgres://ocr@/ocr?host=/run", "postgresql+psycopg://ocr@127.0.0.1/ocr", "ocr"),
    *("postgresql://ocr@127.0.0.1/", "postgresql://127.0.0.1/a/b", "postgresql://a@b@c/d", "postgresql://%61@c/d"),
    *("postgresql://a@b/c?service=d", "postgresql://a@b/c?hostaddr=192.0.2.1", "postgresql://a@b/c?options=-c"),
    *("postgresql://a@b/c?p%61ssword=d", "postgresql://a@b/c#d", "host=/run dbname=a", "postgresql://a@b/c?host=a%2Fb"),
]
_NUMBERS = ["-1", "0", "1.0", "one", "1 ", " 1", "+1", "1_0", "1e3", "٣", "9" * 18, "9" * 5000, "0x10"]
_NAMES = ["a b", "a\tb", "ä", "a" * 256, "a\n"]
NUMBERS = [setting for setting, (_, file) in GOOD.items() if file is not None and file.replace("_", "").isdigit()]


BAD = {
    Setting.LISTEN: (_LISTENS, ["8470", "true", '["127.0.0.1:1"]', "{}", '""', '"localhost:80"']),
    Setting.VAULT: _PLACES,
    Setting.PASSPHRASE_FILE: _PLACES,
    Setting.TLS_CERTIFICATE_FILE: _PLACES,
    Setting.TLS_KEY_FILE: _PLACES,
    Setting.CLIENT_SECRET_FILE: _PLACES,
    Setting.PUBLIC_URL: ([*_URLS, "https://ocr.example.org/path"], ["1", '"http://10.0.0.1"']),
    Setting.ENDPOINT: ([*_URLS, "https://s3.example.org/path"], ["1", "[]"]),
    Setting.ISSUER: (_URLS, ["1", '""', '"https://a/%2e%2e"', '"https://a/b?c"']),
    Setting.TRUSTED_PROXIES: (_RANGES, ['"10.0.0.1"', "[1]", '["10.0.0.1", 2]', '[""]', '[["10.0.0.1"]]', "{}"]),
    Setting.METRICS_READERS: (_RANGES, ['"all"', "true", '["0.0.0.0/0"]', '["10.0.0.1 "]']),
    Setting.DATABASE: (_DATABASES, ["1", '""', '"mysql://a@b/c"', "{}"]),
    Setting.BUCKET: (
        ["sealed", "s3://", "s3://a", "s3://A-b-c", "s3://sealed/", "s3://sealed/a", "gs://sealed"],
        ["1", '"s3://"'],
    ),
    Setting.REGION: (["eu central", "EU", "eu_central", "-eu", "eu-", "a" * 64, "eu/../x"], ["1", '""']),
    Setting.RATE: (
        ["120", "120/min", "0/minute", "-1/minute", "1000001/hour", "120 / minute", "1/day", "01/hour", "٣/hour"],
        ["120", '"120"', '["120/minute"]', '""'],
    ),
    Setting.METRICS: (["yes", "1", "on", "TRUE", "True", "true "], ['"true"', "1", "0", "[]"]),
    Setting.CLIENT_ID: (_NAMES, ["1", '""', '" "']),
    Setting.GROUPS_CLAIM: (_NAMES, ["1", '""', '["groups"]']),
    Setting.ROLES: (
        ["users=reader", "{}", '{"users": ["reader"]}'],
        [
            *('"reader"', "[]", '{ users = "reader" }', "{ users = [] }", '{ users = ["admin"] }', "{ users = [1] }"),
            *('{ "" = ["reader"] }', '{ "a\\nb" = ["reader"] }', '{ "a\\u202eb" = ["reader"] }', "{ a = { b = [] } }"),
            '{ users = ["Reader"] }',
        ],
    ),
}
"""What each setting cannot have: in the environment, and in the file."""
BAD |= {each: (_NUMBERS, ["0", "-1", "1.5", '"1"', "true", "[]", "nan", "1979-05-27", "9" * 19]) for each in NUMBERS}

TELLING = {
    Setting.DATABASE: [
        f"postgresql://ocr:{SECRET}@db.example.org/ocr",
        f"postgresql://ocr:{SECRET}/{SECRET}@db.example.org/ocr",
        f"postgresql://ocr@db.example.org/ocr?password={SECRET}",
        f"postgresql://ocr@db.example.org/ocr?sslmode=require&sslpassword={SECRET}",
        f"postgresql://ocr@db.example.org/ocr?PASSWORD={SECRET}",
        f"host=db.example.org password = {SECRET}",
        "postgresql://ocr:@db.example.org/ocr",
    ],
    Setting.PUBLIC_URL: [f"https://me:{SECRET}@ocr.example.org", f"https://{SECRET}@ocr.example.org"],
    Setting.ISSUER: [f"https://me:{SECRET}@id.example.org/a", f"https://id.example.org/?token={SECRET}"],
    Setting.ENDPOINT: [f"https://me:{SECRET}@s3.example.org", f"https://{SECRET}@s3.example.org"],
    Setting.BUCKET: [f"s3://me:{SECRET}@sealed"],
}
"""Addresses with a password, or what looks like one."""


def in_file(setting: Setting, value: str) -> str:
    """A settings file that says this."""
    table, _, name = setting.value.rpartition(".")
    return f"[{table}]\n{name} = {value}\n" if table else f"{name} = {value}\n"
