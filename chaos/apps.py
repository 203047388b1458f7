"""The two ways to install this app."""

from importlib import import_module

from django.apps import AppConfig


class Plain(AppConfig):
    """Commands for operators."""

    name = "chaos"
    default = True


class WithBlocks(AppConfig):
    """With the blocks that tell the sink what they do."""

    name = "chaos"

    def ready(self) -> None:
        """Put them in the catalogue."""
        import_module("chaos.blocks")
