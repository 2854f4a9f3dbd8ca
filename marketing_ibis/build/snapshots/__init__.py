"""Record the history of sources in tables, one row per version of a row, and read it back."""
