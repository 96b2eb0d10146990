"""The experiment: which runs are made of a tool, and everything that was seen and found in them."""

from __future__ import annotations

import signal
import statistics
from dataclasses import dataclass
from enum import Enum
from itertools import chain
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from cloister.canary import Scanner, Tokens, by_chance, recall
from cloister.model import Plain
from cloister.review.seen import Ending, Observer, Ran, What
from cloister.review.stimuli import NO_PLACE, STRATA, Stimuli, Stimulus
from cloister.review.watch import Order, World
from cloister.review.watch.order import INPUT, OUTPUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from cloister.canary import Hit
    from cloister.review.targets.command import Command

SOUND, AGAIN, UNTRACED, BAD, KILLED, TOGETHER, MEASURED = (
    "sound",
    "again",
    "untraced",
    "bad",
    "killed",
    "together",
    "measured",
)
"""What the name of a case begins with."""
_BOTH = 2
"""The words of a canary."""
_ASKED_AT = (0.6, 0.8, 0.4)
"""Of the usual time, when a run is asked to end."""
_TIMES = 3
"""How often the same document is read in the same surroundings, and how many are read at the same time."""


class Place(Enum):
    """Where something was found."""

    FILE = "a file that it left"
    NAME = "the name of a file that it left"
    TARGET = "where a link points that it left"
    STDOUT = "standard output"
    STDERR = "standard error"
    LOG = "the system log"
    PACKET = "a packet that it sent"
    OUTPUT = "its output"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that was searched: in which run, at which place, under which path or address."""

    case: str
    place: Place
    where: str


@dataclass(frozen=True, slots=True)
class Found:
    """A canary at a place. `slot` is the document, `surface` the place in that document where it had been planted.

    `words` is how many of its two words were found.
    """

    item: Item
    slot: str
    surface: str
    form: str
    words: int = 1

    @property
    def perhaps(self) -> bool:
        """Whether chance may have made it."""
        return by_chance(self.form, self.words)

    @property
    def surely(self) -> bool:
        """Whether it is this canary and no other: one word that is misread may be meant for another's."""
        return self.words >= _BOTH or not any(form in self.form for form in ("xor", "misread", "stemmed"))


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is done. `pages` for each stratum of accuracy; `seconds` is the most that one run may take."""

    suffix: str = "png"
    output_suffix: str = "txt"
    pages: int = 2
    kills: int = 8
    seconds: float = 120.0
    recall: float | None = None
    without: frozenset[Observer] = frozenset()
    without_surfaces: frozenset[str] = frozenset()

    @property
    def runs(self) -> int:
        """How many steps it takes, for who waits."""
        return _TIMES + 2 + 1 + 1 + 5 + self.kills + 2 + self.pages * len(STRATA) + 1


@dataclass(frozen=True, slots=True)
class Experiment:
    """All that happened. Checks take it and give findings."""

    plan: Plan
    command: Command
    runs: tuple[Ran, ...]
    stimuli: Mapping[str, Stimulus]
    """By case."""
    found: tuple[Found, ...]
    unexplained: tuple[tuple[Item, str], ...]
    scanned: int
    recall: float
    decoys: int
    """How often a token was found that was never submitted: the scanner is broken then."""
    surfaces: tuple[str, ...]
    """Those at which canaries were planted."""
    missing_surfaces: tuple[str, ...] = ()
    token_sha256: tuple[str, ...] = ()
    privileges: str = ""
    """What the observers ran as."""

    def of(self, *groups: str) -> tuple[Ran, ...]:
        """The runs of these groups."""
        return tuple(run for run in self.runs if run.case.partition("/")[0] in groups)

    def found_in(self, run: Ran, *places: Place) -> Iterator[Found]:
        """The canaries that were found at these places in one run."""
        return (found for found in self.found if found.item.case == run.case and found.item.place in places)


class _Bench:
    """Does the runs, in one set of surroundings after another."""

    def __init__(self, command: Command, plan: Plan, tell: Callable[[str], None]) -> None:
        self.command, self.plan, self.tell = command, plan, tell
        self.runs: list[Ran] = []
        self.stimuli: dict[str, Stimulus] = {}
        self.privileges = ""

    def order(
        self,
        case: str,
        stimulus: Stimulus,
        *,
        traced: bool = True,
        kill_after: float | None = None,
        kill_with: signal.Signals = signal.SIGKILL,
    ) -> Order:
        """The order for one run."""
        self.stimuli[case] = stimulus
        argv = self.command.argv
        if stimulus.bad == NO_PLACE:  # below a file nothing can be made
            argv = tuple(word.replace(OUTPUT, f"{INPUT}/out.{self.plan.output_suffix}") for word in argv)
        return Order(
            case=case,
            argv=argv,
            data=stimulus.data,
            input_name=stimulus.name,
            output_name=f"out.{self.plan.output_suffix}",
            kill_after=kill_after,
            kill_with=kill_with,
            seconds=self.plan.seconds,
            traced=traced and Observer.TRACE not in self.plan.without,
            planted=stimulus.planted,
        )

    def world(self) -> World:
        """Fresh surroundings."""
        return World(without=self.plan.without)

    def run(self, world: World, order: Order) -> Ran:
        """One run, which is kept."""
        self.tell(order.case)
        ran = world.run(order)
        self.runs.append(ran)
        return ran

    def stopped(self, stimulus: Stimulus, lasts: float) -> Iterator[Order]:
        """Runs that are asked to end: by SIGTERM, and by what else the tool was seen to have an answer to.

        Each is asked again at another time where it had no answer yet, or was done before.
        """
        for name in sorted({signal.SIGTERM.name}.union(*(run.answers for run in self.runs))):
            for attempt, share in enumerate(_ASKED_AT, 1):
                case = f"{KILLED}/{name.lower()}-{attempt}"
                yield self.order(case, stimulus, kill_after=lasts * share, kill_with=signal.Signals[name])
                last, most = self.runs[-1], max(run.answers.get(name, 0) for run in self.runs)
                if last.ending is Ending.KILLED and last.answered.get(name, 0) == most:
                    break

    def in_turn(self, orders: Iterable[Order]) -> None:
        """Runs one after the other in the same surroundings."""
        with self.world() as world:
            for order in orders:
                self.run(world, order)
            self.privileges = world.privileges


def perform(
    command: Command, plan: Plan, *, key: bytes, seed: int, tell: Callable[[str], None] = lambda _: None
) -> Experiment:
    """Make every run that the plan asks for, then search all that it left behind.

    `key` draws the tokens, `seed` the documents; `tell` hears the name of each case as it starts.
    """
    tokens = Tokens(key)
    stimuli = Stimuli(tokens, plan.suffix, seed=seed, without=plan.without_surfaces)
    bench = _Bench(command, plan, tell)
    first = stimuli.sound("first", 0)
    again = [bench.order(f"{AGAIN}/{i + 1}", first) for i in range(_TIMES)]
    others = [bench.order(f"{SOUND}/{i + 1}", stimuli.sound(f"sound-{i + 1}", i + 1)) for i in range(2)]
    bench.in_turn([*again, *others])
    bench.in_turn([bench.order(f"{UNTRACED}/1", first, traced=False)])
    with bench.world() as world:
        mixed = [first, *(stimuli.sound(f"together-{i}", i + 3) for i in range(1, _TIMES))]
        tell(TOGETHER)
        bench.runs += world.together([bench.order(f"{TOGETHER}/{i + 1}", each) for i, each in enumerate(mixed)])
    bad = [*stimuli.broken()] if command.on_stdout else [*stimuli.broken(), stimuli.misplaced()]
    bench.in_turn(bench.order(f"{BAD}/{each.bad}", each) for each in bad)
    usual = [run.seconds for run in bench.runs if run.case.startswith((AGAIN, SOUND)) and run.ending is Ending.EXIT]
    if usual:
        lasts, doomed = statistics.median(usual), stimuli.sound("killed", 0)
        killed = (
            bench.order(f"{KILLED}/{i + 1}", doomed, kill_after=lasts * (i + 0.5) / plan.kills)
            for i in range(plan.kills)
        )
        bench.in_turn(chain(killed, bench.stopped(doomed, lasts)))
    if plan.pages:
        bench.in_turn(
            bench.order(f"{MEASURED}/{each.stratum}-{i}", each, traced=False)
            for i, each in enumerate(stimuli.measured(plan.pages))
        )
    tell("search")
    return _searched(bench, tokens, stimuli)


def _searched(bench: _Bench, tokens: Tokens, stimuli: Stimuli) -> Experiment:
    labels = {
        f"{each.slot}|{surface}": token for each in bench.stimuli.values() for surface, token in each.planted.items()
    }
    items = [(item, data) for run in bench.runs for item, data in _items(run, bench.stimuli[run.case].name)]
    decoys = tuple(tokens.decoy(f"{i}") for i in range(4))
    pictures = _pictures(bench)
    with Scanner(labels, decoys=decoys, pictures=pictures) as scanner:
        scanned = scanner.scan((str(i), data) for i, (_, data) in enumerate(items))
        found_again = recall(scanner, dict(list(labels.items())[:2]))
    index = [item for item, _ in items]
    found = [_found(hit, index) for hit in scanned.hits]
    found += _fingerprints(bench, items)
    return Experiment(
        bench.plan,
        bench.command,
        tuple(bench.runs),
        bench.stimuli,
        tuple(found),
        tuple((index[int(name)], why) for name, why in scanned.unexplained),
        scanned.scanned,
        found_again,
        sum(not hit.perhaps for hit in scanned.decoy_hits),
        stimuli.surfaces,
        tuple(sorted(bench.plan.without_surfaces)),
        tuple(sorted(Tokens.sha256(token) for token in labels.values())),
        bench.privileges,
    )


def _pictures(bench: _Bench) -> dict[str, bytes]:
    """Each page that is a picture itself, by which its copies are recognised."""
    if bench.plan.suffix == "pdf":
        return {}
    sound = (AGAIN, SOUND, TOGETHER, KILLED)
    return {
        f"{each.slot}|picture": each.data.open()
        for case, each in bench.stimuli.items()
        if case.startswith(sound) and not each.bad
    }


def _items(run: Ran, given: str) -> Iterator[tuple[Item, Plain]]:
    """Everything of one run that can be searched. An input that was written to is no place of its own: it was there."""
    case = run.case
    for left in run.left:
        if left.changed and PurePosixPath(left.path).name == given:
            continue
        yield Item(case, Place.NAME, left.path), Plain(left.path.encode("utf-8", "surrogateescape"))
        if left.data is None or left.output:
            continue
        place = Place.TARGET if left.what is What.LINK else Place.FILE
        yield Item(case, place, left.path), left.data
    yield Item(case, Place.STDOUT, ""), run.stdout
    yield Item(case, Place.STDERR, ""), run.stderr
    for logged in run.logged:
        yield Item(case, Place.LOG, ""), logged
    for sent in run.sent:
        if sent.payload is not None:
            yield Item(case, Place.PACKET, f"{sent.protocol} {sent.to}"), sent.payload
    if run.output is not None:
        yield Item(case, Place.OUTPUT, ""), run.output


def _found(hit: Hit, index: Sequence[Item]) -> Found:
    slot, _, surface = hit.label.rpartition("|")
    return Found(index[int(hit.item)], slot, surface, hit.form, hit.words)


def _fingerprints(bench: _Bench, items: Sequence[tuple[Item, Plain]]) -> Iterator[Found]:
    """Digests of the documents, as names and in files, and whole copies of them."""
    for item, data in items:
        stimulus = bench.stimuli[item.case]
        held = data.open()
        if item.place is Place.FILE and len(held) > 0 and held == stimulus.data.open():
            yield Found(item, stimulus.slot, "whole file", "copy")
            continue
        low = held[: 1 << 20].lower()
        if any(digest.encode() in low or digest[:16].encode() in low for digest in stimulus.digests):
            yield Found(item, stimulus.slot, "fingerprint", "digest in hex")
