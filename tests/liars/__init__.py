"""Fake OCR tools, each wrong in one way, and an honest one: what the verifier itself is measured with."""
