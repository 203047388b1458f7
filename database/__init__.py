"""The way to PostgreSQL: Django's backend, statements that are prepared, several of them in one round trip."""
