"""What every test may use, and the rule that none is left out in silence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BOTH_USERS = ("tests/jail/", "tests/access/")
"""What lies here is marked `asroot`: it runs as an ordinary user, and once more as root."""


@pytest.fixture(scope="session")
def data() -> Path:
    """Give the folder of real documents to measure against; tests that use it run only where it is named."""
    return Path(os.environ["CLOISTER_DATA"])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark by folder; leave out what needs documents that are not here, and say so."""
    for item in items:
        if item.path.relative_to(ROOT).as_posix().startswith(BOTH_USERS):
            item.add_marker("asroot")
    if "CLOISTER_DATA" in os.environ:
        return
    needy = [item for item in items if "data" in getattr(item, "fixturenames", ())]
    if needy:
        config.hook.pytest_deselected(items=needy)
        items[:] = [item for item in items if item not in needy]
        print(f"\nCLOISTER_DATA is not set: {len(needy)} tests on documents outside this repository are left out.")


class _NothingSkipped:
    """Fails a run in which a test was skipped: a component that is missing is a failure."""

    def __init__(self) -> None:
        self.skipped = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.skipped += report.skipped

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.skipped and session.exitstatus == 0:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
            print(f"\n{self.skipped} tests were skipped, and skipping counts as failing.")


def pytest_configure(config: pytest.Config) -> None:
    """Watch for skipped tests."""
    config.pluginmanager.register(_NothingSkipped())
