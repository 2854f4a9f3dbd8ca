"""Remove people from every table that this package keeps."""
