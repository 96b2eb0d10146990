"""The settings of a deployment: environment over file over default, each with where it came from. No policy.

    settings = load()
    settings.listen.host, settings.listen.port

They say where things are and how much is done at once. What is allowed stands in policy.toml, and nothing here can
widen it. No secret is a setting: each stands in a file that a setting names, and that nothing here opens.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from cloister.settings.file import text_of
from cloister.settings.names import Setting, Source, variable
from cloister.settings.reader import Named, read
from cloister.settings.values import Bucket, Listen, Metrics, Per, Quota, Rate, Row, Settings, SignIn, Tls

__all__ = [
    "Bucket",
    "Listen",
    "Metrics",
    "Per",
    "Quota",
    "Rate",
    "Row",
    "Setting",
    "Settings",
    "SignIn",
    "Source",
    "Tls",
    "load",
    "read",
    "variable",
]


def load(config: str | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings in force, or a `BadSettings`. `config` names the settings file, before CLOISTER_CONFIG does.

    Reads the environment and that file, and nothing else: whether what a setting names is there is for its user to see.
    """
    given = os.environ if environment is None else environment
    named = _named(config, given)
    text = text_of(named.file) if named else None
    return read(given, text, named, cores=len(os.sched_getaffinity(0)))


def _named(config: str | None, environment: Mapping[str, str]) -> Named | None:
    if config is not None:
        return Named(Path(config), Source.OPTION)
    found = environment.get(variable(Setting.CONFIG))
    return Named(Path(found), Source.ENVIRONMENT) if found else None
