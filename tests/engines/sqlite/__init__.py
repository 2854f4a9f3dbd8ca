"""SQLite as a tiny engine, as docs/how-to/add-an-engine.md describes."""
