"""Shopify's export of orders: one file, with several rows for an order of several lines."""
