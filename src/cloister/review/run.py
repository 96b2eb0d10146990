"""One review from its beginning to its result."""

from __future__ import annotations

import hashlib
import secrets
import statistics
from datetime import UTC, datetime, timedelta
from importlib import metadata, resources
from typing import TYPE_CHECKING

from cloister import policy as policies
from cloister.review import accuracy, checks, datapath
from cloister.review.experiment import AGAIN, SOUND, Experiment, Plan, perform
from cloister.review.result import Review
from cloister.review.seen import Ending

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.resources.abc import Traversable

    from cloister.policy import Policy
    from cloister.review.targets.command import Command

_OURS = ("review", "canary", "samples", "policy", "jail")


def review(
    command: Command,
    policy: Policy,
    plan: Plan,
    *,
    seed: int | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Review:
    """Try the tool out and judge it. What is drawn by chance comes from `seed`, or from the system.

    The canaries never come from the seed: a tool that knew it could know them.
    """
    nonce, key = secrets.token_hex(16), secrets.token_bytes(32)
    started = datetime.now(UTC)
    experiment = perform(command, plan, key=key, seed=secrets.randbelow(10**6) if seed is None else seed, tell=tell)
    ended = datetime.now(UTC)
    return _result(experiment, policy, nonce, started, ended)


def _result(experiment: Experiment, policy: Policy, nonce: str, started: datetime, ended: datetime) -> Review:
    usual = sorted(run.seconds for run in experiment.of(AGAIN, SOUND) if run.ending is Ending.EXIT)
    return Review(
        target="command",
        command=experiment.command.argv,
        tool_sha256=experiment.command.sha256,
        policy_name=policy.policy.name,
        policy_sha256=policies.sha256(policy),
        verifier=f"cloister {metadata.version('cloister')}",
        verifier_sha256=own_sha256(),
        samples_sha256=_samples_sha256(experiment),
        nonce=nonce,
        started=_time(started),
        ended=_time(ended),
        valid_until=_time(ended + timedelta(seconds=policy.review.interval)),
        seconds_median=round(statistics.median(usual), 3) if usual else 0.0,
        seconds_p95=round(usual[-1 - len(usual) // 20], 3) if usual else 0.0,
        memory_peak=max((run.memory for run in experiment.runs), default=0),
        runs=len(experiment.runs),
        token_sha256=experiment.token_sha256,
        findings=checks.findings(experiment),
        strata=accuracy.strata(experiment),
        edges=datapath.edges(experiment),
        notes=_notes(experiment),
    )


def _notes(experiment: Experiment) -> tuple[str, ...]:
    """What a reader has to know of the runs, in our words."""
    told = []
    if not usable(experiment):
        told.append("The tool read no document in these runs, so nothing could be verified.")
    if experiment.missing_surfaces:
        told.append("No canary was planted at: " + ", ".join(experiment.missing_surfaces) + ".")
    return tuple(told)


def usable(experiment: Experiment) -> bool:
    """Whether the tool ever gave an output."""
    return any(run.ending is Ending.EXIT and run.code == 0 for run in experiment.of(AGAIN, SOUND))


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _samples_sha256(experiment: Experiment) -> str:
    total = hashlib.sha256()
    for case in sorted(experiment.stimuli):
        total.update(hashlib.sha256(experiment.stimuli[case].data.open()).digest())
    return total.hexdigest()


def own_sha256() -> str:
    """The hash of every file of the verifier, in order of their names."""
    total = hashlib.sha256()
    for part in _OURS:
        for name, file in sorted(_files(resources.files("cloister") / part, part)):
            total.update(name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def _files(folder: Traversable, name: str) -> list[tuple[str, Traversable]]:
    told: list[tuple[str, Traversable]] = []
    for entry in folder.iterdir():
        path = f"{name}/{entry.name}"
        if entry.is_dir():
            told += _files(entry, path) if entry.name != "__pycache__" else []
        else:
            told.append((path, entry))
    return told
