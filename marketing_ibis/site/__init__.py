"""Pages drawn from what was built."""
