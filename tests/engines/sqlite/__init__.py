"""SQLite, as a tiny engine: what docs/how-to/add-an-engine.md asks for, and no more."""
