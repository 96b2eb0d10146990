"""How bytes come in: bounded, as they come, and into a sink that seals them; none is ever kept in plaintext."""
