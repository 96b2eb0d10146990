"""Settings: where each came from, what stops a start, and that no secret comes out."""
