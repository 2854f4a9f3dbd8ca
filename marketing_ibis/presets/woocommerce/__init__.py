"""WooCommerce: the tables of the shop's own database, with high-performance order storage."""
