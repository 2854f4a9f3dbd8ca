"""Stripe: charges, refunds and customers, as Fivetran loads them into a warehouse."""
