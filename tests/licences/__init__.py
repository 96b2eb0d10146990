"""Which licences hold for everything that is shipped or needed to run."""
