"""Pages for visitors: forms and chats that run a graph for its owner."""

from django.apps import AppConfig


class PublishedConfig(AppConfig):
    """A room of its own inside executions."""

    name = "executions.published"
    verbose_name = "Published pages"
