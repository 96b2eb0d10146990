"""The kinds of document that samples can draw, one file each."""
