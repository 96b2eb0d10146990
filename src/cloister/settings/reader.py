"""The environment and the text of a settings file, to `Settings` or to what is wrong. Nothing is opened here."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from cloister import spots
from cloister.errors import (
    Expected,
    SecretInSetting,
    SettingsClash,
    SettingsNotToml,
    UnknownSetting,
    UnknownVariable,
    WrongNumber,
    WrongSetting,
)
from cloister.settings.known import KNOWN, MOST_PROCESSES
from cloister.settings.names import OTHERS, PREFIX, Setting, Source, Table, Variable, variable
from cloister.settings.rules import clashes
from cloister.settings.shapes import Count, Mistaken, Tells
from cloister.settings.values import Bucket, Metrics, Quota, Row, Settings, SignIn, Tls

_IN_FILE = {each.value: each for each in Setting if each is not Setting.CONFIG}
_TABLES = {each.value: each for each in Table}
_VARIABLES = {str(each.value): each for each in Variable}
_FARTHEST = 64
"""Characters of a name that means nothing, of which one that does is looked for."""


class Named(NamedTuple):
    """The settings file, and who named it."""

    file: Path
    source: Source


def read(environment: Mapping[str, str], text: str | None, config: Named | None = None, *, cores: int) -> Settings:
    """The settings in force, or the first thing that is wrong with them, as a `BadSettings`.

    `text` is what the settings file says, None without one; `cores` is how many there are to work on. A variable that
    is empty counts as not set.
    """
    in_file = dict(_said(text)) if text is not None else {}
    in_environment = dict(_set(environment))
    found: dict[Setting, Any] = {setting: known.default for setting, known in KNOWN.items()} | in_file | in_environment
    sources = dict.fromkeys(Setting, Source.DEFAULT)
    sources |= dict.fromkeys(in_file, Source.FILE) | dict.fromkeys(in_environment, Source.ENVIRONMENT)
    if config is not None:
        found[Setting.CONFIG], sources[Setting.CONFIG] = config
    _share(found, cores)
    given = [setting for setting, source in sources.items() if source is not Source.DEFAULT]
    for clash in clashes(found, given):
        raise SettingsClash(rule=clash)
    return _built(found, tuple(Row(each, found[each], sources[each]) for each in Setting))


def _set(environment: Mapping[str, str]) -> Iterator[tuple[Setting, object]]:
    """What the environment says. A name in other letters is a typo as well."""
    for name in sorted(environment):
        if not name.upper().startswith(PREFIX) or name in OTHERS:
            continue
        if name not in _VARIABLES:
            raise UnknownVariable(meant=_VARIABLES[_nearest(name.upper(), [*_VARIABLES])])
    for setting in Setting:
        if text := environment.get(variable(setting)):
            yield setting, _read(setting, text, Source.ENVIRONMENT)


def _said(text: str) -> Iterator[tuple[Setting, object]]:
    """What the settings file says."""
    try:
        given = tomllib.loads(text)
    except spots.REFUSED:
        spot = spots.wrong(text)
        raise SettingsNotToml(line=spot.line, column=spot.column) from None
    for path, value in _flat(given, ()):
        name = ".".join(path)
        if name in _TABLES and len(path) == 1:
            raise WrongSetting(setting=_TABLES[name], source=Source.FILE, expected=Expected.TABLE)
        if name not in _IN_FILE or "." in path[-1]:
            spot = spots.locate(text).key(path)
            meant = _IN_FILE[_nearest(name, [*_IN_FILE])]
            raise UnknownSetting(line=spot.line, column=spot.column, meant=meant)
        yield _IN_FILE[name], _read(_IN_FILE[name], value, Source.FILE)


def _flat(given: Mapping[str, object], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], object]]:
    for name, value in given.items():
        if isinstance(value, dict) and not path and name in _TABLES:
            yield from _flat(value, (name,))
        else:
            yield (*path, name), value


def _read(setting: Setting, value: object, source: Source) -> object:
    shape = KNOWN[setting].shape
    in_file = source is Source.FILE
    name = setting if in_file else Variable[setting.name]
    try:
        return shape.from_toml(value) if in_file else shape.from_text(str(value))
    except Tells:
        raise SecretInSetting(setting=name, source=source) from None
    except Mistaken:
        if isinstance(shape, Count):
            raise WrongNumber(setting=name, source=source, least=shape.least, limit=shape.most) from None
        raise WrongSetting(setting=name, source=source, expected=shape.expected) from None


def _nearest(name: str, known: list[str]) -> str:
    """The known name that is most like this one: that one is never said, as anything can stand in it."""
    return difflib.get_close_matches(name[:_FARTHEST], known, 1, 0.0)[0]


def _share(found: dict[Setting, Any], cores: int) -> None:
    """Have as many workers and jails as there are cores, where nobody says how many; a jail for each worker."""
    pool = found[Setting.PAGE_POOL]
    cores = min(max(1, cores), MOST_PROCESSES)
    if found[Setting.WORKERS] is None:
        found[Setting.WORKERS] = min(cores, pool or cores)
    if pool is None:
        found[Setting.PAGE_POOL] = max(cores, found[Setting.WORKERS])


def _built(found: Mapping[Setting, Any], rows: tuple[Row, ...]) -> Settings:
    certificate, bucket, issuer = found[Setting.TLS_CERTIFICATE_FILE], found[Setting.BUCKET], found[Setting.ISSUER]
    return Settings(
        config=found[Setting.CONFIG],
        vault=found[Setting.VAULT],
        passphrase_file=found[Setting.PASSPHRASE_FILE],
        listen=found[Setting.LISTEN],
        public_url=found[Setting.PUBLIC_URL],
        trusted_proxies=found[Setting.TRUSTED_PROXIES],
        tls=Tls(certificate, found[Setting.TLS_KEY_FILE]) if certificate else None,
        database=found[Setting.DATABASE],
        bucket=Bucket(bucket.removeprefix("s3://"), found[Setting.REGION], found[Setting.ENDPOINT]) if bucket else None,
        workers=found[Setting.WORKERS],
        page_pool=found[Setting.PAGE_POOL],
        uploads=found[Setting.UPLOADS],
        queue=found[Setting.QUEUE],
        rate=found[Setting.RATE],
        quota=Quota(found[Setting.QUOTA_DOCUMENTS], found[Setting.QUOTA_PAGES], found[Setting.QUOTA_BYTES]),
        sign_in=SignIn(
            issuer=issuer,
            client_id=found[Setting.CLIENT_ID],
            client_secret_file=found[Setting.CLIENT_SECRET_FILE],
            groups_claim=found[Setting.GROUPS_CLAIM],
            roles=found[Setting.ROLES],
            hours=found[Setting.SESSION_HOURS],
        )
        if issuer
        else None,
        metrics=Metrics(found[Setting.METRICS_READERS]) if found[Setting.METRICS] else None,
        rows=rows,
    )
