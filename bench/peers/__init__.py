"""The peers, each read with as its own manual says, on both cores."""
