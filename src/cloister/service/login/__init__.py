"""Signing in with OpenID Connect: who a person is, which roles their groups give them, and their session."""
