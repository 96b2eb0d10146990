"""The policy: what is allowed."""
