"""What commands show: the log, consoles, progress bars and the summary of failures."""
