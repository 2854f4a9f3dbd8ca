"""Business definitions: sources, staging views, marts and core tables, one model per file."""

from dataflows.lib.model_modules import model_modules

__all__ = ["model_modules"]
