"""Every setting: what it says, what it may hold, and what holds where nobody says anything.

The reader and docs/settings.md are made from this one table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from types import MappingProxyType

from cloister.errors import Expected
from cloister.settings import shapes
from cloister.settings.names import Setting
from cloister.settings.shapes import Count, Flag, Groups, Line, Place, Ranges, Shape
from cloister.settings.values import Listen, Per, Rate

_LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1"))
MOST_PROCESSES = 256
"""Workers, or jails that read pages."""


@dataclass(frozen=True, slots=True)
class Known:
    """One setting. `otherwise` says what the default comes to, where that is no value."""

    says: str
    shape: Shape
    default: object = None
    otherwise: str = "none"
    names_secret: bool = False
    """Whether it names a file with a secret: somebody could write the secret itself instead."""


KNOWN: Mapping[Setting, Known] = {
    Setting.CONFIG: Known("The settings file. It cannot name another.", Place()),
    Setting.VAULT: Known("The folder of the vault; made by `cloister init`, and by nothing else.", Place()),
    Setting.PASSPHRASE_FILE: Known(
        "A file of mode 600 with what opens the vault's keys.", Place(), otherwise="a prompt", names_secret=True
    ),
    Setting.LISTEN: Known(
        "Where the service takes requests. Port 0 is any that is free.",
        Line(Expected.LISTEN, shapes.listen),
        Listen("127.0.0.1", 8470),
    ),
    Setting.PUBLIC_URL: Known(
        "The address that people and programs use.",
        Line(Expected.URL, shapes.url),
        otherwise="what listen says",
    ),
    Setting.TRUSTED_PROXIES: Known(
        "Proxies that do TLS, and are believed when they say who asks. Everybody else is not.", Ranges(), ()
    ),
    Setting.TLS_CERTIFICATE_FILE: Known("The certificate and those above it, in PEM.", Place()),
    Setting.TLS_KEY_FILE: Known("Its key, in PEM, in a file of mode 600.", Place(), names_secret=True),
    Setting.DATABASE: Known(
        "Where the records are. No password: that stands in the file that PGPASSFILE names.",
        Line(Expected.DATABASE, shapes.database),
        otherwise="the vault's own SQLite",
    ),
    Setting.BUCKET: Known(
        "Where the sealed documents are. Credentials are those that the machine has (AWS_*, or its role).",
        Line(Expected.BUCKET, shapes.bucket),
        otherwise="the vault's own folder",
    ),
    Setting.REGION: Known("The bucket's region.", Line(Expected.REGION, shapes.region)),
    Setting.ENDPOINT: Known("A service other than AWS.", Line(Expected.URL, shapes.url), otherwise="AWS"),
    Setting.WORKERS: Known(
        "Processes that read, each one document at a time.", Count(1, MOST_PROCESSES), otherwise="one a core"
    ),
    Setting.PAGE_POOL: Known(
        "Jails that read pages, over all workers; one for each worker at least.",
        Count(1, MOST_PROCESSES),
        otherwise="one a core, and no fewer than workers",
    ),
    Setting.UPLOADS: Known("Uploads that are taken at once; more are told to come again.", Count(1, 1000), 16),
    Setting.QUEUE: Known("Documents that wait to be read; more are told to come again.", Count(1, 1_000_000), 1000),
    Setting.RATE: Known("Requests of one principal.", Line(Expected.RATE, shapes.rate), Rate(120, Per.MINUTE)),
    Setting.QUOTA_DOCUMENTS: Known("Documents that one principal hands in within a day.", Count(1, 10**9), 1000),
    Setting.QUOTA_PAGES: Known("Pages of them.", Count(1, 10**9), 20_000),
    Setting.QUOTA_BYTES: Known("Bytes of them.", Count(1, 10**15), 10**10),
    Setting.ISSUER: Known("The OpenID provider that people sign in with.", Line(Expected.ISSUER, shapes.issuer)),
    Setting.CLIENT_ID: Known("What the provider knows this service as.", Line(Expected.NAME, shapes.name)),
    Setting.CLIENT_SECRET_FILE: Known(
        "A file of mode 600 with what the service shows to the provider.", Place(), names_secret=True
    ),
    Setting.GROUPS_CLAIM: Known(
        "Where the provider says which groups somebody is in.", Line(Expected.NAME, shapes.name), "groups"
    ),
    Setting.ROLES: Known(
        "Which roles a group has. Who is in none of them may do nothing.", Groups(), MappingProxyType({})
    ),
    Setting.SESSION_HOURS: Known("How long somebody stays signed in.", Count(1, 24), 8),
    Setting.METRICS: Known("Whether there are metrics to read: counts and times, no content.", Flag(), default=False),
    Setting.METRICS_READERS: Known("Who may read them; behind a trusted proxy, whom it names.", Ranges(), _LOOPBACK),
}
