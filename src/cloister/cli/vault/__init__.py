"""The commands on a vault. One module a command; `asked` and `words` are what they share."""
