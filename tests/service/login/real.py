"""A real OpenID provider (npm's `oidc-provider`), and a person in front of its pages."""

from __future__ import annotations

import json
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import httpx
from joserfc.jwk import RSAKey

HERE = Path(__file__).parent
INSTALLED = HERE.parent.parent.parent / "build/oidc-provider"
PUBLIC = "https://ocr.example"
SECRET = "CANARY-secret-of-the-client-+/%:&="
SUBJECT, NAME, MAIL = "ana-CANARY-subject", "CANARY Ana Lima", "CANARY.ana@mail.example"
PEOPLE = {
    SUBJECT: {"groups": ["ocr-claims", "staff"], "name": NAME, "email": MAIL},
    "ben": {"groups": ["ocr-audit"], "name": "Ben", "email": "ben@mail.example"},
    "carl": {"groups": ["staff"], "name": "Carl", "email": "carl@mail.example"},
}
_REDIRECTS = {"redirect_uris": [f"{PUBLIC}/login/callback"], "response_types": ["code"]}
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
CLIENTS = [
    {"client_id": "cloister", "client_secret": SECRET, "grant_types": ["authorization_code"], **_REDIRECTS},
    {"client_id": "public", "token_endpoint_auth_method": "none", "grant_types": ["authorization_code"], **_REDIRECTS},
    {
        "client_id": "command",
        "token_endpoint_auth_method": "none",
        "grant_types": [DEVICE],
        "redirect_uris": [],
        "response_types": [],
    },
]


def key(name: str) -> RSAKey:
    """A new key to sign with."""
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"})


class Real:
    """The provider, in a process of its own, on this machine. It ends when its input does."""

    def __init__(self, *, port: int = 0, kid: str = "first", tokens: int = 3600) -> None:
        assert (INSTALLED / ".ready").exists(), "oidc-provider is not installed: `make test` installs it"
        said = {
            "clients": CLIENTS,
            "people": PEOPLE,
            "jwks": {"keys": [key(kid).as_dict(private=True)]},
            "port": port,
            "tokens": tokens,
            "installed": str(INSTALLED),
        }
        self._process = subprocess.Popen(
            ["node", HERE / "provider/server.mjs"], stdin=-1, stdout=-1, stderr=subprocess.DEVNULL, text=True
        )
        self._process.stdin.write(json.dumps(said) + "\n")
        self._process.stdin.flush()
        heard = next((line for line in self._process.stdout if line.startswith("listening ")), "")
        assert heard, "the provider did not start"
        self.port = int(heard.split()[1])
        self.issuer = f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        """End it."""
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()


class _Form(HTMLParser):
    """The first form of a page: where it goes, and what it sends."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action: str | None = None
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form" and self.action is None:
            self.action = given.get("action") or ""
        if tag == "input" and given.get("name") and given.get("type") != "submit":
            self.fields[given["name"]] = given.get("value") or ""


class Browser:
    """A person who follows the provider's pages, signs in there and agrees, until they are sent to another host."""

    def __init__(self, person: str = SUBJECT, *, agrees: bool = True) -> None:
        self.person, self.agrees = person, agrees
        self.client = httpx.Client(timeout=20)
        self.seen: list[str] = []

    def follow(self, address: str) -> str:
        """Where the provider sends them in the end: an address elsewhere, or its last page's."""
        answer, refused = self.client.get(address), False
        for _ in range(20):
            self.seen.append(str(answer.request.url))
            if answer.is_redirect:
                address = urljoin(str(answer.request.url), answer.headers["location"])
                if not address.startswith("http://127.0.0.1:"):
                    return address
                answer = self.client.get(address)
                continue
            assert answer.status_code == 200, answer.text
            form = _Form(answer.text)
            if form.action is None or refused:
                return str(answer.request.url)
            if not self.agrees and (abort := re.search(r'href="([^"]+/abort)"', answer.text)):
                answer = self.client.get(urljoin(str(answer.request.url), abort[1]))
                refused = True
                continue
            filled = {"login": self.person, "password": "any"}
            fields = {name: filled.get(name, value) for name, value in form.fields.items()}
            answer = self.client.post(urljoin(str(answer.request.url), form.action), data=fields)
        raise AssertionError("the provider sends around in circles")

    def close(self) -> None:
        """Leave."""
        self.client.close()
