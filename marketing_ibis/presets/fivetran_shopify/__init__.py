"""Shopify, as Fivetran loads it into a warehouse."""
