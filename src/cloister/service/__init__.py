"""The team's service: an API over HTTP in front of the desk, for programs and pages."""
