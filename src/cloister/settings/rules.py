"""The settings that cannot hold together, each with its remedy. docs/settings.md lists them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from enum import Enum
from typing import Any

from cloister.settings.names import Setting

_BUCKET = (Setting.BUCKET, Setting.REGION)
_SIGN_IN = (Setting.ISSUER, Setting.CLIENT_ID, Setting.CLIENT_SECRET_FILE, Setting.PUBLIC_URL)
_OF_SIGN_IN = frozenset({*_SIGN_IN[:3], Setting.GROUPS_CLAIM, Setting.ROLES, Setting.SESSION_HOURS})


class Clash(Enum):
    """What cannot be, and the remedy."""

    TLS_HALF = "TLS takes a certificate and its key; set both tls.certificate_file and tls.key_file, or neither"
    PLAIN_HTTP = (
        "other machines reach the address in listen, and nothing encrypts what they send; set tls.certificate_file and "
        "tls.key_file, or name the other machine that does TLS in trusted_proxies, or listen on 127.0.0.1"
    )
    PROXY_WITHOUT_URL = "behind a proxy nobody here knows the address that people use; set public_url"
    PUBLIC_WITHOUT_TLS = (
        "public_url is https://, and nothing is set up that does TLS; set tls.certificate_file and tls.key_file, or "
        "name the proxy that does in trusted_proxies"
    )
    PUBLIC_PLAIN = (
        "public_url is http://, and that is for a service that only this machine reaches, without a proxy and without "
        "TLS; write https://"
    )
    BUCKET_HALF = "a bucket takes objects.bucket and objects.region, and objects.endpoint only with both"
    SIGN_IN_HALF = (
        "signing in takes oidc.issuer, oidc.client_id, oidc.client_secret_file and public_url; set all four, or no "
        "other setting of oidc either"
    )
    POOL_BELOW_WORKERS = "each worker reads in one jail at least; raise page_pool, or lower workers"


def clashes(found: Mapping[Setting, Any], given: Collection[Setting]) -> Iterator[Clash]:
    """Every one that there is. `given` are the settings that somebody has set."""
    certificate, key = found[Setting.TLS_CERTIFICATE_FILE], found[Setting.TLS_KEY_FILE]
    public, proxies = found[Setting.PUBLIC_URL], found[Setting.TRUSTED_PROXIES]
    tls = certificate is not None and key is not None
    if (certificate is None) != (key is None):
        yield Clash.TLS_HALF
    elif not tls and not found[Setting.LISTEN].is_here and all(proxy.is_loopback for proxy in proxies):
        yield Clash.PLAIN_HTTP
    if proxies and public is None:
        yield Clash.PROXY_WITHOUT_URL
    if public is not None:
        encrypted = tls or bool(proxies)
        if public.startswith("https:") and not encrypted:
            yield Clash.PUBLIC_WITHOUT_TLS
        if public.startswith("http:") and (encrypted or not found[Setting.LISTEN].is_here):
            yield Clash.PUBLIC_PLAIN
    missing = [found[each] is None for each in _BUCKET]
    if any(missing) and not (all(missing) and found[Setting.ENDPOINT] is None):
        yield Clash.BUCKET_HALF
    if _OF_SIGN_IN & set(given) and any(found[each] is None for each in _SIGN_IN):
        yield Clash.SIGN_IN_HALF
    if found[Setting.PAGE_POOL] < found[Setting.WORKERS]:
        yield Clash.POOL_BELOW_WORKERS
