"""What can be reviewed: each target is started and watched in its own way."""
