"""Everything that somebody can ask to do, each an action of access.cedar."""

from __future__ import annotations

from enum import Enum


class Action(Enum):
    """What is asked."""

    SUBMIT = "submit"
    METADATA = "metadata"
    """See that a document is there: its kind, size, times, states and receipt; never its name or content."""
    READ = "read"
    """See its content."""
    SHORTEN = "shorten"
    DELETE = "delete"

    MAKE_LINK = "make-link"
    """Make a link through which somebody without an account can hand in one document."""
    SEE_POLICY = "see-policy"
    SEE_STATISTICS = "see-statistics"
    READ_LOG = "read-log"
    SEE_KEYS = "see-keys"
    ROTATE_KEYS = "rotate-keys"
    DESTROY_KEYS = "destroy-keys"
    MAKE_SERVICE_KEY = "make-service-key"
    REVOKE = "revoke"
    """End a link or a service key."""

    PROPOSE_POLICY = "propose-policy"
    CONFIRM_POLICY = "confirm-policy"
    SEE_PEOPLE = "see-people"
    PROPOSE_ROLES = "propose-roles"
    CONFIRM_ROLES = "confirm-roles"


CONTENT = frozenset({Action.SUBMIT, Action.READ, Action.MAKE_LINK})
"""What brings content in or out: no manager may, whatever other roles they have."""
FOR_PEOPLE = frozenset({
    Action.MAKE_SERVICE_KEY, Action.PROPOSE_POLICY, Action.CONFIRM_POLICY, Action.SEE_PEOPLE, Action.PROPOSE_ROLES,
    Action.CONFIRM_ROLES, Action.READ_LOG, Action.SEE_KEYS, Action.ROTATE_KEYS, Action.DESTROY_KEYS,
})  # fmt: skip
"""What no service key is good for."""
