"""Two key services as far as their documented protocols go, over HTTP on this machine: for adapters, not for safety."""

from __future__ import annotations

import base64
import json
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class Refusal(Exception):
    """An error of the service, with its HTTP status."""


def decoded(text: str) -> bytes:
    return base64.b64decode(text or "")


def text(held: bytes) -> str:
    return base64.b64encode(held).decode()


class Gcp:
    """Cloud KMS v1: versions with states, a primary one, destruction that is scheduled."""

    def __init__(self) -> None:
        self.keys: dict[str, dict] = {}

    def make(self, name: str) -> None:
        self.keys[name] = {"primary": "1", "versions": {"1": {"key": os.urandom(32), "state": "ENABLED"}}}

    def answer(self, method: str, path: str, body: dict) -> dict:
        path = path.partition("?")[0].removeprefix("/v1/")
        name, _, rest = re.match(r"(projects/.*?/cryptoKeys/[^/:]+)([/:]?)(.*)", path).groups()
        if name not in self.keys:
            raise Refusal(404)
        key = self.keys[name]
        aad = decoded(body.get("additionalAuthenticatedData"))
        if rest == "encrypt":
            version = self.usable(key, key["primary"])
            nonce = os.urandom(12)
            sealed = AESGCM(version["key"]).encrypt(nonce, decoded(body["plaintext"]), aad)
            return {"name": name, "ciphertext": text(key["primary"].encode() + b":" + nonce + sealed)}
        if rest == "decrypt":
            number, _, sealed = decoded(body["ciphertext"]).partition(b":")
            version = self.usable(key, number.decode("ascii", errors="replace"))
            return {"plaintext": text(AESGCM(version["key"]).decrypt(sealed[:12], sealed[12:], aad))}
        if rest == "updatePrimaryVersion":
            key["primary"] = body["cryptoKeyVersionId"]
            return {"name": name}
        if rest == "cryptoKeyVersions" and method == "POST":
            number = str(len(key["versions"]) + 1)
            key["versions"][number] = {"key": os.urandom(32), "state": "ENABLED"}
            return {"name": f"{name}/cryptoKeyVersions/{number}", "state": "ENABLED"}
        if rest == "cryptoKeyVersions":
            listed = [
                {"name": f"{name}/cryptoKeyVersions/{n}", "state": v["state"]} for n, v in key["versions"].items()
            ]
            return {"cryptoKeyVersions": listed}
        number, _, act = rest.partition("/")[2].partition(":")
        version = key["versions"][number]
        version["state"] = "DESTROY_SCHEDULED" if act == "destroy" else body["state"]
        return {"name": path, "state": version["state"], "destroyTime": "2100-01-01T00:00:00.123456789Z"}

    def usable(self, key: dict, number: str) -> dict:
        version = key["versions"].get(number)
        if version is None or version["state"] != "ENABLED":
            raise Refusal(400)
        return version


class Vault:
    """Transit: versions, associated data, deletion only where it is allowed."""

    def __init__(self, *, binds: bool = True) -> None:
        self.keys: dict[str, dict] = {}
        self.binds = binds

    def make(self, name: str) -> None:
        self.keys[name] = {"versions": [os.urandom(32)], "deletion": False}

    def answer(self, method: str, path: str, body: dict) -> dict | None:
        act, _, name = path.removeprefix("/v1/transit/").partition("/")
        name, _, more = name.partition("/")
        if name not in self.keys:
            raise Refusal(404 if method == "GET" else 400)
        key = self.keys[name]
        aad = decoded(body.get("associated_data")) if self.binds else b""
        if act == "encrypt":
            nonce = os.urandom(12)
            sealed = nonce + AESGCM(key["versions"][-1]).encrypt(nonce, decoded(body["plaintext"]), aad)
            return {"data": {"ciphertext": f"vault:v{len(key['versions'])}:{text(sealed)}"}}
        if act == "decrypt":
            match = re.fullmatch(r"vault:v([1-9]):([A-Za-z0-9+/=]+)", body["ciphertext"])
            if not match or int(match[1]) > len(key["versions"]):
                raise Refusal(400)
            sealed = decoded(match[2])
            return {
                "data": {
                    "plaintext": text(AESGCM(key["versions"][int(match[1]) - 1]).decrypt(sealed[:12], sealed[12:], aad))
                }
            }
        if more == "rotate":
            key["versions"].append(os.urandom(32))
        elif more == "config":
            key["deletion"] = body["deletion_allowed"]
        elif method == "DELETE":
            if not key["deletion"]:
                raise Refusal(400)
            del self.keys[name]
        return {"data": {"name": name}}


@contextmanager
def served(service: Gcp | Vault) -> Iterator[str]:
    """Answer as the service until the block ends; gives the address."""

    class Handler(BaseHTTPRequestHandler):
        def go(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            status, answer = 200, {}
            try:
                body = json.loads(self.rfile.read(size) or b"{}") or {}
                answer = service.answer(self.command, self.path, body)
            except Refusal as refusal:
                status = refusal.args[0]
            except (InvalidTag, ValueError, KeyError):
                status = 400
            held = json.dumps(answer if status < 400 else {"errors": ["refused"]}).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(held)))
            self.end_headers()
            self.wfile.write(held)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = go  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with listening(Handler) as address:
        yield address


@contextmanager
def listening(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Have requests handled on this machine until the block ends; gives the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
