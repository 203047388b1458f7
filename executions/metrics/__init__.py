"""Numbers for whoever operates the product: what is counted, what stands now, and how Prometheus reads it."""
