"""AWS KMS as moto emulates it, over HTTP on this machine: for another process. Moto's keys do not really die."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

import requests
from moto import mock_aws

from tests.keys.fakes import listening

REGION = "eu-central-1"
WHERE = f"https://kms.{REGION}.amazonaws.com/"


@contextmanager
def served() -> Iterator[str]:
    """Answer until the block ends; gives the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            kept = {name: value for name, value in self.headers.items() if name.lower() not in {"host", "connection"}}
            answer = requests.post(WHERE, data=body, headers=kept, timeout=10)  # moto takes this call
            self.send_response(answer.status_code)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with mock_aws(), listening(Handler) as address:
        yield address
