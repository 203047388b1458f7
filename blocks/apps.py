"""What a node can do."""

from importlib import import_module

from django.apps import AppConfig


class BlocksConfig(AppConfig):
    """Fills the catalogue at start."""

    name = "blocks"

    def ready(self) -> None:
        """Load the blocks that ship with the product."""
        import_module("blocks.library")
