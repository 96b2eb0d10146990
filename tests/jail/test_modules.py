"""What is loaded in a jail when it locks itself: nothing that could reach a secret or the network."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from cloister.jail.serve import FORK, ORDER, Order

REAL = {
    "render": ("cloister.ocr.child", "render"),
    "recognise": ("cloister.ocr.child", "recognise", "latin", "2"),
    "write": ("cloister.formats.pdf.child",),
    "scan": ("cloister.canary.child", "NEEDLES"),
}
"""Every jail that is started, as it is started."""

FORBIDDEN = (
    *("socket", "_socket", "ssl", "_ssl", "http.client", "http.server", "urllib.request", "ftplib", "smtplib"),
    *("asyncio", "sqlite3", "_sqlite3", "cryptography", "multiprocessing.connection", "openvino_telemetry"),
    *(
        "cloister.cli",
        "cloister.jail.spawn",
        "cloister.jail.start",
        "cloister.jail.host",
        "cloister.ocr.reader",
        "cloister.ocr.pool",
    ),
    *("cloister.ocr.sources", "cloister.formats.save", "cloister.ocr.rendering"),
    *("cloister.policy", "cloister.settings", "cloister.keys", "cloister.audit"),
)
PARSERS = {
    "render": {"pypdfium2_raw", "PIL", "pi_heif"},
    "recognise": {"openvino", "cv2"},
    "write": {"pikepdf", "PIL", "pi_heif"},
    "scan": {"yara_x", "zstandard", "brotli", "pikepdf", "pypdfium2_raw", "PIL"},
}
"""What each jail opens documents or pixels with; the write jail puts pictures into PDFs."""

TELL = """
import os, runpy, sys
import cloister.jail.serve as serve
def tell(*_):
    names = [name for name, module in sys.modules.items() if module is not None]
    os.write(1, "\\n".join([*names, "", ""]).encode())
    os._exit(0)
serve.lock = tell
module, *sys.argv[1:] = sys.argv[1:]
runpy.run_module(module, run_name="__main__", alter_sys=True)
"""
"""Starts a jail's module as `python -m` does; in place of the lock it tells what is loaded by then."""


def modules(jail: str) -> set[str]:
    """What is loaded in a jail's child, which a zygote or a nursery forks as soon as it is told to."""
    heard, told = os.pipe()
    nothing = os.open("/dev/null", os.O_RDONLY)
    forks_workers = jail == "recognise"
    order = ORDER.pack(Order.FORK, nothing, told, -1) if forks_workers else FORK
    needles = os.memfd_create("needles")
    os.write(needles, bytes(4))
    os.lseek(needles, 0, os.SEEK_SET)
    words = [str(needles) if word == "NEEDLES" else word for word in REAL[jail]]
    command = [sys.executable, "-I", "-c", TELL, *words]
    output = subprocess.DEVNULL if forks_workers else told
    with subprocess.Popen(
        command, env={}, cwd="/", stdin=subprocess.PIPE, stdout=output, pass_fds=(nothing, told, needles)
    ) as started:
        os.close(told)
        os.close(nothing)
        os.close(needles)
        started.stdin.write(order)
        started.stdin.flush()
        with os.fdopen(heard) as names:
            return {name.strip() for name in iter(names.readline, "\n")}


@pytest.fixture(scope="module")
def loaded():
    return {jail: modules(jail) for jail in REAL}


@pytest.mark.parametrize("jail", REAL)
def test_a_jail_has_loaded_nothing_that_reaches_out(loaded, jail):
    assert "cloister.jail.lock" in loaded[jail]
    assert sorted(loaded[jail] & set(FORBIDDEN)) == []


@pytest.mark.parametrize("jail", REAL)
def test_a_jail_has_loaded_its_own_parsers(loaded, jail):
    assert PARSERS[jail] <= loaded[jail]


def test_no_jail_has_loaded_the_parsers_of_another(loaded):
    assert not loaded["recognise"] & (PARSERS["render"] | PARSERS["write"])
    assert not loaded["render"] & {"pikepdf", "openvino", "cv2"}
    assert not loaded["scan"] & {"openvino", "cv2", "pi_heif"}
    assert not loaded["write"] & {"pypdfium2_raw", "openvino", "cv2"}
