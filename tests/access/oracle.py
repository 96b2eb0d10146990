"""Who may do what, said once more and in another way: what access.cedar is judged by."""

from cloister.access import Change, Paper, Pass, ServiceKey, Tenant
from cloister.model import Role

MANAGERS = {Role.OPERATOR, Role.CUSTODIAN, Role.AUDITOR, Role.POLICY_OWNER}
BY_ROLE = {
    "make-link": {Role.SUBMITTER},
    "see-policy": set(Role),
    "see-statistics": {Role.OPERATOR},
    "read-log": {Role.AUDITOR},
    "see-keys": {Role.CUSTODIAN},
    "rotate-keys": {Role.CUSTODIAN},
    "destroy-keys": {Role.CUSTODIAN},
    "make-service-key": set(Role),
    "propose-policy": {Role.POLICY_OWNER},
    "see-people": {Role.OPERATOR, Role.POLICY_OWNER},
    "propose-roles": {Role.OPERATOR, Role.POLICY_OWNER},
}
PROGRAMS = {"submit", "metadata", "read", "shorten", "delete", "make-link", "see-policy", "see-statistics", "revoke"}
STATES = {
    "submit": {"new"},
    "metadata": {"queued", "kept", "gone"},
    "read": {"queued", "kept"},
    "shorten": {"queued", "kept"},
    "delete": {"queued", "kept", "gone"},
}


def may(who, action, what, now) -> bool:  # noqa: PLR0911 - one sentence, one answer
    """The answer, from a table and a few sentences."""
    if who.tenant != what.tenant or now >= who.until or action not in who.scopes:
        return False
    name = action.value
    if isinstance(who, ServiceKey) and name not in PROGRAMS:
        return False
    if name in {"submit", "read", "make-link"} and who.roles & MANAGERS:
        return False
    match what:
        case Paper() if name in STATES:
            given = getattr(what, name)
            theirs = set(who.roles & given & MANAGERS)
            if what.owner == who.id:
                theirs |= who.roles & given & {Role.SUBMITTER}
            if who.teams & what.teams and name != "submit":
                theirs |= who.roles & given & {Role.READER}
            return what.state.value in STATES[name] and bool(theirs)
        case Tenant() if name in BY_ROLE:
            return bool(who.roles & BY_ROLE[name])
        case Pass() if name == "revoke":
            return what.owner == who.id or Role.OPERATOR in who.roles
        case Change() if name in {"confirm-policy", "confirm-roles"}:
            return Role.POLICY_OWNER in who.roles and who.id not in {what.proposer, what.concerns}
    return False
