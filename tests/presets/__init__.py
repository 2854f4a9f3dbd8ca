"""Presets over the tables of well-known shops."""
