"""The parts of a review: the command, the documents, accuracy, the data path and the result."""

from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cloister import policy as policies
from cloister.canary import Tokens
from cloister.cli.policy import shipped
from cloister.errors import NoProgram, NoSlot
from cloister.model import Plain
from cloister.review import accuracy, datapath, run
from cloister.review.experiment import Place
from cloister.review.result import Review
from cloister.review.seen import Ending, Left, Observer, Sent, What, Wrote
from cloister.review.stimuli import Stimuli
from cloister.review.targets.command import parse
from cloister.samples import carriers
from tests.review.experiments import changed, found, honest

NOW = datetime(2026, 11, 26, tzinfo=UTC)


def test_a_command_is_split_like_words_of_a_shell_and_nothing_else_is_done():
    command = parse("sh -c 'cat $0 | tac' {input} {output}")
    assert command.argv[1:] == ("-c", "cat $0 | tac", "{input}", "{output}")
    assert not command.on_stdout
    assert command.sha256 == hashlib.sha256(Path(command.argv[0]).read_bytes()).hexdigest()
    assert parse("cat {input}").on_stdout


def test_the_fingerprint_of_a_tool_is_not_that_of_env_which_starts_it():
    direct, indirect = parse("cat {input}"), parse("env LANG=C.UTF-8 A=b=c cat {input}")
    assert indirect.sha256 == direct.sha256
    assert indirect.argv[1:] == ("LANG=C.UTF-8", "A=b=c", "cat", "{input}")
    env = hashlib.sha256(Path(indirect.argv[0]).read_bytes()).hexdigest()
    assert {parse("env -i cat {input}").sha256, parse("env A=1 no-such-tool {input}").sha256} == {env}


@pytest.mark.parametrize("text", ["", "cat", "cat {output}", "cat '{input}", "cat {Input}"])
def test_a_command_without_an_input_is_refused(text):
    with pytest.raises(NoSlot):
        parse(text)


def test_a_program_that_is_not_there_is_refused():
    with pytest.raises(NoProgram):
        parse("no-such-tool-here {input}")


@pytest.mark.parametrize("suffix", ["png", "pdf"])
def test_each_document_has_another_canary_at_each_surface(suffix):
    stimuli = Stimuli(Tokens(b"k" * 32), suffix, seed=3)
    sound = stimuli.sound("one", 0)
    made = [sound, *stimuli.broken(), stimuli.misplaced()]
    tokens = Counter(token for each in made for token in each.planted.values())
    assert set(sound.planted) == set(carriers.SURFACES[suffix])
    assert set(tokens.values()) == {1}
    words = [word for token in tokens for word in token.split()]
    assert len(set(words)) == len(words)
    assert sound.planted["file_name"] in sound.name
    assert sound.planted["pixels"] in sound.truth.open().decode()


def test_what_is_broken_still_holds_canaries_and_the_same_seed_gives_the_same_documents():
    def made():
        return [each.data.open() for each in Stimuli(Tokens(b"k" * 32), "png", seed=3).broken()]

    assert made() == made()
    letter = next(each for each in Stimuli(Tokens(b"k" * 32), "png", seed=3).broken() if each.bad == "no document")
    assert letter.data.open().split(b"\n")[0].decode() == letter.planted["letter"]


def test_a_surface_can_be_left_out():
    stimuli = Stimuli(Tokens(b"k" * 32), "png", seed=3, without=frozenset({"xmp"}))
    assert "xmp" not in stimuli.sound("one", 0).planted


@pytest.mark.parametrize(
    ("hits", "of", "pages", "low", "high"),
    [(0, 0, 0, 0.0, 1.0), (200, 200, 2, 0.9, 1.0), (0, 200, 2, 0.0, 0.1), (100, 200, 2, 0.3, 0.7)],
)
def test_intervals_hold_the_share_and_shrink_with_more_pages(hits, of, pages, low, high):
    bounds = accuracy.interval(hits, of, pages)
    assert 0 <= bounds[0] <= (hits / of if of else 0) <= bounds[1] <= 1
    assert bounds[0] >= low - 0.1
    assert bounds[1] <= high + 0.1
    if of:
        more = accuracy.interval(hits * 50, of * 50, pages * 50)
        assert more[1] - more[0] < bounds[1] - bounds[0]


def test_a_strata_is_told_by_words_whatever_their_order():
    (told,) = accuracy.strata(honest())
    assert (told.name, told.pages, told.words, told.recall, told.precision) == ("clean", 1, 5, 1.0, 1.0)
    pdf = dataclasses.replace(honest().plan, output_suffix="pdf")
    assert accuracy.strata(dataclasses.replace(honest(), plan=pdf)) == ()


def test_the_data_path_tells_what_was_declared_and_what_was_seen_once():
    def busy(case):
        return dataclasses.replace(
            case,
            left=(*case.left, Left("/tmp/tmpq3x81k2f", What.FILE, 0o644, 1, Plain(b"x"))),
            wrote=(Wrote("/home/u/.cache/page.png", 0o600), Wrote("memfd:x", memory_only=True)),
            sent=(Sent("udp", "192.0.2.1:53", Observer.NETWORK),),
            logged=(Plain(b"hello"),),
        )

    experiment = found(changed(honest(), busy, "again"), "again/1", Place.FILE, "/tmp/tmpq3x81k2f")
    edges = {edge.target: edge for edge in datapath.edges(experiment)}
    assert list(edges)[:2] == [datapath.TOOL, datapath.OUTPUT]
    assert edges[datapath.OUTPUT].protection == "mode 600"
    assert (edges["/tmp/*"].carries, edges["/tmp/*"].lifetime) == ("something of the document", "stays")
    assert edges["/home/u/.cache/page.png"].lifetime == "gone when it ended"
    assert not edges["udp 192.0.2.1:53"].declared
    assert "system log" in edges
    assert not any("memfd" in target for target in edges)


def test_a_folder_of_the_tools_own_making_is_one_place_and_what_it_holds_after_a_kill_is_told_first():
    runs = iter(["x7k2p9", "r4m8q1", "w3n5t6", "y2b8c4"] * 9)

    def working(case):
        folder = f"/tmp/ocrwork.io.{next(runs)}"
        pages = [f"{folder}/{number:06d}_page.png" for number in range(50)]
        made = (Wrote(folder, 0o700, folder=True), *(Wrote(page, 0o644) for page in pages))
        killed = case.ending is Ending.KILLED
        left = tuple(Left(page, What.FILE, 0o644, 1, Plain(b"x")) for page in pages) if killed else ()
        return dataclasses.replace(case, wrote=(*case.wrote, *made), left=(*case.left, *left))

    experiment = changed(honest(), working, "killed", "again")
    killed = experiment.of("killed")[0]
    experiment = found(experiment, killed.case, Place.FILE, killed.left[-1].path)
    told = datapath.edges(experiment)[2:]
    assert [(edge.target, edge.lifetime, edge.carries) for edge in told] == [
        ("/tmp/ocrwork.io.*/", "stays, of a killed run", "something of the document"),
        ("/tmp/ocrwork.io.*/", "gone when it ended", "not seen: gone by the end"),
    ]
    assert told[0].protection == "mode 644"


def test_a_result_says_what_it_rests_on_and_survives_json():
    policy = policies.load(shipped("default.toml"), NOW.date())
    review = run._result(honest(), policy, "nonce", NOW, NOW + timedelta(minutes=2))
    assert Review.from_json(review.to_json()) == review
    assert review.policy_sha256 == policies.sha256(policy)
    assert review.runs == len(honest().runs)
    assert review.valid_until == "2027-05-25T00:02:00Z"
    assert review.verifier_sha256 == run.own_sha256()
    assert len(review.samples_sha256) == 64
    nothing = run._result(dataclasses.replace(honest(), runs=()), policy, "nonce", NOW, NOW)
    assert nothing.notes
    assert nothing.verdict is not review.verdict
