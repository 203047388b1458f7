"""Proof of durability: what must be true of every run whatever broke, and the means to break things."""
