"""What decodes and searches inside the scan jail. Nothing here is imported outside it."""
