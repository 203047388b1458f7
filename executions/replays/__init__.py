"""Runs that begin in the middle of a former one."""
