"""The review: verdicts, checks, records."""
