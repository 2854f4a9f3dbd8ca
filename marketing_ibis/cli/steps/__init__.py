"""What the steps of commands share, by what they do."""
