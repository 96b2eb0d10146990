"""A provider that says whatever a test has it say: real HTTP, false answers."""

from __future__ import annotations

import base64
import json
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from tests.service.login.real import key

KEY, OTHER = key("one"), key("one")
DISCOVERY, JWKS, TOKEN, DEVICE = "/.well-known/openid-configuration", "/jwks", "/token", "/device"


class Liar:
    """A provider on this machine. `answers` by path: (status, headers, body), or a function of the handler."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.stop_ = threading.Event()
        liar = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self._say({})

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self._say(dict(parse_qsl(body)))

            def _say(self, form):
                liar.asked.append((self.path, form))
                answer = liar.answers.get(self.path, (404, {}, b""))
                if callable(answer):
                    answer = answer(self, form)
                    if answer is None:
                        return
                status, headers, body = answer
                body = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                for name, value in ({"Content-Type": "application/json"} | headers).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with suppress(OSError):
                    self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        self.discovery = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/auth",
            "token_endpoint": f"{self.issuer}{TOKEN}",
            "jwks_uri": f"{self.issuer}{JWKS}",
            "device_authorization_endpoint": f"{self.issuer}{DEVICE}",
        }
        self.answers = {}
        self.says(DISCOVERY, self.discovery)
        self.says(JWKS, {"keys": [KEY.as_dict(private=False)]})

    def says(self, path, body, status=200, **headers):
        """What stands at a path from now on."""
        self.answers[path] = (status, {name.replace("_", "-"): value for name, value in headers.items()}, body)

    def count(self, path):
        """How often a path was asked."""
        return sum(asked == path for asked, _ in self.asked)

    def stop(self):
        """End it."""
        self.stop_.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def claims(liar, nonce, /, **change):
    """What an honest provider would sign now; None takes a claim away."""
    now = int(time.time())
    said = {"iss": liar.issuer, "aud": "cloister", "sub": "24400320", "exp": now + 3600, "iat": now, "nonce": nonce}
    said |= {"groups": ["ocr-claims"]} | change
    return {name: value for name, value in said.items() if value is not None}


def signed(said, by=KEY, **header):
    """An ID token, which may hold what no library would write."""
    parts = ({"alg": "RS256", "kid": "one"} | header, said)
    body = ".".join(_encoded(json.dumps(part).encode()) for part in parts)
    return f"{body}.{_encoded(by.private_key.sign(body.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def _encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
