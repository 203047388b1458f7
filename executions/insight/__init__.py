"""What can be learned from runs: where the time went, what happened when, how two of them differ."""
