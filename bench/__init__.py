"""Side-by-side measurements against named peers, run by `make bench`."""
