"""Reading: the parent that schedules, and the jails that look."""
