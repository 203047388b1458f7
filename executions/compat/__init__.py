"""Addresses and bodies of the AutoGPT platform's own clients that differ from ours; everything else is an alias of a view."""
