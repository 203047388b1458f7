"""Runs of a part of a graph: one node, everything up to one, or everything from one on."""
