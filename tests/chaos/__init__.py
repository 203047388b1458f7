"""Tests of what proves durability."""
