"""A real browser (Chromium), driven over a pipe: what a page asks for, runs, and looks like.

The browser runs in a network namespace without a network, so that nothing can leave even if the page would; what it
asks for is counted by the browser itself, before that.
"""

from __future__ import annotations

import base64
import json
import os
import select
import subprocess
import time
from pathlib import Path
from typing import Any, Self

FLAGS = (
    "--headless=new",
    "--no-sandbox",  # its own sandbox wants what a namespace of an ordinary user does not have
    "--disable-gpu",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)
SECONDS = 60


class Browser:
    """One browser with one page."""

    def __init__(self, profile: Path) -> None:
        hears, self._tells = os.pipe()
        self._hears, tells = os.pipe()

        def descriptors() -> None:
            # The protocol has its commands on descriptor 3 and its answers on 4.
            one, other = os.dup(hears), os.dup(tells)
            os.dup2(one, 3)
            os.dup2(other, 4)

        command = ["unshare", "-rn", "chromium", *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        self._process = subprocess.Popen(
            command,
            preexec_fn=descriptors,  # noqa: PLW1509 - the test has one thread
            close_fds=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": str(profile)},
        )
        os.close(hears)
        os.close(tells)
        self._count, self._left, self.events = 0, b"", []
        self._session: str | None = None
        (target,) = [each for each in self.ask("Target.getTargets")["targetInfos"] if each["type"] == "page"]
        attached = self.ask("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.ask(f"{domain}.enable")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(SECONDS)
        os.close(self._tells)
        os.close(self._hears)

    def ask(self, method: str, **words: Any) -> dict[str, Any]:
        """Send one command and wait for its answer; events that come before it are kept."""
        self._count += 1
        message = {"id": self._count, "method": method, "params": words}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._tells, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next(SECONDS)
            assert answer is not None, f"no answer to {method}"
            if answer.get("id") == self._count:
                assert "error" not in answer, answer
                return answer["result"]
            self.events.append(answer)

    def _next(self, seconds: float) -> dict[str, Any] | None:
        until = time.monotonic() + seconds
        while b"\0" not in self._left:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self._hears], [], [], left)[0]:
                return None
            part = os.read(self._hears, 1 << 20)
            assert part, "the browser has gone"
            self._left += part
        line, self._left = self._left.split(b"\0", 1)
        return json.loads(line)

    def open(self, path: Path) -> None:
        """Open a page, and wait until it is there and one second more."""
        self.events.clear()
        self.ask("Page.navigate", url=path.as_uri())
        until = time.monotonic() + SECONDS
        while not self.heard("Page.loadEventFired"):
            assert time.monotonic() < until, "the page did not load"
            if (event := self._next(1)) is not None:
                self.events.append(event)
        end = time.monotonic() + 1
        while (left := end - time.monotonic()) > 0:
            if (event := self._next(left)) is not None:
                self.events.append(event)

    def heard(self, method: str) -> list[dict[str, Any]]:
        """The events of one kind since the page was opened."""
        return [event["params"] for event in self.events if event.get("method") == method]

    def requests(self) -> list[str]:
        """The addresses that were asked for."""
        return [event["request"]["url"] for event in self.heard("Network.requestWillBeSent")]

    def value(self, script: str) -> Any:
        """What a script of ours finds on the page, in a world that the page's own rule does not bind."""
        return self.ask("Runtime.evaluate", expression=script, returnByValue=True)["result"].get("value")

    def screenshot(self, width: int, height: int) -> bytes:
        """A PNG of the page at this size."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        return base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"])

    def pdf(self) -> bytes:
        """The page on paper."""
        return base64.b64decode(self.ask("Page.printToPDF", printBackground=True, preferCSSPageSize=True)["data"])
