"""Read csv and parquet files strictly, with DuckDB, for whichever engine they are loaded into."""
