"""What a node can do."""

from importlib import import_module

from django.apps import AppConfig

from blocks.packages import load_packages


class BlocksConfig(AppConfig):
    """Fills the catalogue at start."""

    name = "blocks"

    def ready(self) -> None:
        """Load the blocks that ship with the product, then those of other packages."""
        import_module("blocks.library")
        load_packages()
