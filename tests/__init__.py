"""What must be true, said as sentences."""
