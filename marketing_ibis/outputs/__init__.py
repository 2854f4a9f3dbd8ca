"""What commands write besides tables: artifacts, events, exported files and SQL."""
