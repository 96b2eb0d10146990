"""What `cloister init` is told of a key provider."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING

import click

from cloister.errors import ProviderSetting
from cloister.policy.values import KeyProvider

if TYPE_CHECKING:
    from cloister.keys.places import Place

_PROVIDERS = [each.value for each in KeyProvider]
_SETTINGS: Mapping[ProviderSetting, tuple[str, str]] = {
    ProviderSetting.MODULE: ("FILE", "pkcs11: the module's library, such as that of SoftHSM."),
    ProviderSetting.TOKEN_LABEL: ("LABEL", "pkcs11: the token."),
    ProviderSetting.KEY_NAME: (
        "NAME",
        "aws-kms: ARN, id or alias of the key. gcp-kms: resource name. vault: name. pkcs11: label. Default there: new.",
    ),
    ProviderSetting.REGION: ("REGION", "aws-kms: where the key is."),
    ProviderSetting.ENDPOINT: ("URL", "vault: its address. aws-kms, gcp-kms: another than the public one."),
    ProviderSetting.MOUNT: ("PATH", "vault: where transit is mounted. Default: transit."),
}


def with_provider(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command the options that say where the tenant's key is to be, and `where_key`, which is that place."""

    @click.option("--provider", type=click.Choice(_PROVIDERS), default="local", help="Who holds the tenant's key.")
    @click.option("--access-token", is_flag=True, help="gcp-kms: a token is given. Default: Google's own credentials.")
    @wraps(command)
    def asking(*, provider: str, access_token: bool, **rest: object) -> int:
        given = {each: str(value) for each in _SETTINGS if (value := rest.pop(_argument(each))) is not None}
        return command(where_key=lambda: _place(provider, given, access_token=access_token), **rest)

    for setting, (metavar, says) in reversed(tuple(_SETTINGS.items())):
        asking = click.option(f"--{setting.value}", metavar=metavar, help=says)(asking)
    return asking


def _argument(setting: ProviderSetting) -> str:
    return setting.value.replace("-", "_")


def _place(provider: str, given: Mapping[ProviderSetting, str], *, access_token: bool) -> Place:
    from cloister.keys.places import YES, Place  # noqa: PLC0415 - `--help` needs none of it

    settings, chosen = dict(given), KeyProvider(provider)
    if access_token:
        settings[ProviderSetting.ACCESS_TOKEN] = YES
    if chosen is KeyProvider.PKCS11:
        settings.setdefault(ProviderSetting.KEY_NAME, f"cloister/{secrets.token_hex(8)}")
    return Place(chosen, settings)
