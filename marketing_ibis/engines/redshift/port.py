"""Where Redshift listens."""

DEFAULT_PORT = 5439
