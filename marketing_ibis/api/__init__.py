"""Work with a project from Python: its tables as Ibis expressions, its builds and its lineage."""
