"""The render jail's inside: hostile bytes in, grey pixels or a trusted text layer out. Imported in jails only."""
