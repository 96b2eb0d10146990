"""A document's journey: each step is a pure function of frozen values, and none imports another."""
