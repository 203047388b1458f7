"""Graphs from words: a model drafts one, people accept it."""
