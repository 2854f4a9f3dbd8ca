"""A project: its settings, its profile, its files and what they compile to, without a database."""
