"""How the shipped models are built: `python -m training`."""
