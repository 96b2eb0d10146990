"""The shipped policy for a service lets programs on this machine in, and changes nothing else."""

from __future__ import annotations

from cloister import policy as policies
from cloister.policy.diff import changes
from cloister.policy.serving import serving
from cloister.policy.values import Channel
from tests.policy.made import DEFAULT


def test_it_lets_programs_on_this_machine_in_and_changes_nothing_else():
    text = DEFAULT.read_text()
    before, after = policies.load(text), policies.load(serving(text))
    assert set(after.origins) - set(before.origins) == {"api"}
    assert (after.origins["api"].by, after.origins["api"].networks) == (Channel.API, ())
    assert {name: team.service_keys for name, team in after.teams.items()} == {"office": 90 * 86_400}
    assert {kind: listed.origins for kind, listed in after.kinds.items()} == dict.fromkeys(
        before.kinds, ("api", "this-machine")
    )
    touched = {change.clause.split(".")[0] for change in changes(before, after)}
    assert touched <= {"policy", "kinds", "origins", "teams"}
    assert after.levels == before.levels
