"""Data tests: collected from the project, compiled to few statements, and run."""
