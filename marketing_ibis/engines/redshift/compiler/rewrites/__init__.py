"""Turn operations that Redshift lacks into others."""
