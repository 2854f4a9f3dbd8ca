"""Business definitions: sources, staging views, marts and core tables, one model per file."""
