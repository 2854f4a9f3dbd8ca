"""Which columns each column and each table depends on, and drawings of it."""
