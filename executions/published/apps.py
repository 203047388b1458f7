"""Pages for visitors: forms and chats that run a graph for its owner."""

from importlib import import_module

from django.apps import AppConfig


class PublishedConfig(AppConfig):
    """A room of its own inside executions."""

    name = "executions.published"
    verbose_name = "Published pages"

    def ready(self) -> None:
        """Have published pages go along with their graph."""
        packing = import_module("executions.published.packing")
        import_module("graphs.companions").register(packing.Pages())
