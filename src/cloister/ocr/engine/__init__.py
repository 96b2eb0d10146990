"""The engine: pixels of a page in, its text out. Runs in jails only; importing the package imports nothing."""
