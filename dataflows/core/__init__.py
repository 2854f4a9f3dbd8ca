"""One row a customer or order, with everything known of it."""
