"""The audit log: what happened, kept so that a change of it is noticed by whoever holds an earlier checkpoint."""
