"""The jaffle shop of dbt's tutorial, in three tables: customers, orders and payments."""
