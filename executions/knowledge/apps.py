"""Knowledge."""

from importlib import import_module

from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    """A room of its own inside executions."""

    name = "executions.knowledge"
    verbose_name = "Knowledge"

    def ready(self) -> None:
        """Let every worker index documents."""
        import_module("executions.knowledge.indexer")
