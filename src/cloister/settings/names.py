"""The names of all settings: in the settings file, and in the environment."""

from __future__ import annotations

from enum import Enum

PREFIX = "CLOISTER_"


class Setting(Enum):
    """Every setting, by its name in the settings file. What stands before a dot is a table there."""

    CONFIG = "config"
    VAULT = "vault"
    PASSPHRASE_FILE = "passphrase_file"  # noqa: S105 - the name of a setting
    LISTEN = "listen"
    PUBLIC_URL = "public_url"
    TRUSTED_PROXIES = "trusted_proxies"
    TLS_CERTIFICATE_FILE = "tls.certificate_file"
    TLS_KEY_FILE = "tls.key_file"
    DATABASE = "database"
    BUCKET = "objects.bucket"
    REGION = "objects.region"
    ENDPOINT = "objects.endpoint"
    WORKERS = "workers"
    PAGE_POOL = "page_pool"
    UPLOADS = "limits.uploads"
    QUEUE = "limits.queue"
    RATE = "limits.rate"
    QUOTA_DOCUMENTS = "quota.documents"
    QUOTA_PAGES = "quota.pages"
    QUOTA_BYTES = "quota.bytes"
    ISSUER = "oidc.issuer"
    CLIENT_ID = "oidc.client_id"
    CLIENT_SECRET_FILE = "oidc.client_secret_file"  # noqa: S105 - the same
    GROUPS_CLAIM = "oidc.groups_claim"
    ROLES = "oidc.roles"
    SESSION_HOURS = "oidc.session_hours"
    METRICS = "metrics.enabled"
    METRICS_READERS = "metrics.readers"


class Table(Enum):
    """Every table of the settings file that has settings in it."""

    TLS = "tls"
    OBJECTS = "objects"
    LIMITS = "limits"
    QUOTA = "quota"
    OIDC = "oidc"
    METRICS = "metrics"


class Source(Enum):
    """Where a value came from."""

    OPTION = "option"
    ENVIRONMENT = "environment"
    FILE = "settings file"
    DEFAULT = "default"


def variable(setting: Setting) -> str:
    """The name of a setting in the environment."""
    return PREFIX + setting.value.replace(".", "_").upper()


Variable = Enum("Variable", {each.name: variable(each) for each in Setting})  # type: ignore[misc]
"""The same names, for errors: a fact is a member of an enum, so that it can be no name that somebody else chose."""

OTHERS = {
    "CLOISTER_URL": "the address of the service that a client speaks to",
    "CLOISTER_KEY_FILE": "the file with the key that a client shows to the service",
    "CLOISTER_DATA": "the folder of documents that some tests of Cloister itself are measured on",
}
"""Variables that are no settings of a deployment. They are let be here, and mean nothing."""
