"""The docs are run: every command and every block of code."""
