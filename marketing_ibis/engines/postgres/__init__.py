"""PostgreSQL: a server, over psycopg."""
