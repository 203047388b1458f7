"""How many requests somebody may send: a sliding window for each kind of route, counted in Redis for all processes."""
