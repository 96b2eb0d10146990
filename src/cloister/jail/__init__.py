"""The bare lock-down, spawn and wire. Knows nothing of documents."""
