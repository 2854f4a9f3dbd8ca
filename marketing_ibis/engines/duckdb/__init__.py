"""DuckDB: one file, in this process."""
