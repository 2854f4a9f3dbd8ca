"""The newer jaffle shop of dbt, whose orders consist of items."""
