"""Django's PostgreSQL backend, which also tells a database that is away from one that is busy."""
