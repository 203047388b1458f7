"""Graphs as files of this and other systems: pure converters, one file a format."""
