"""Untrusted work in child processes without rights: templates, code, and everything that reads formats of strangers."""
