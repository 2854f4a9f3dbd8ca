"""Marketing models as Hamilton nodes returning Ibis expressions, built on DuckDB."""

__version__ = "0.1.0"
