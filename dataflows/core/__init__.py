"""One row per customer or order, with everything known about it."""
