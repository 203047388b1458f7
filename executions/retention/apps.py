"""How long things are kept, taking one's data along, and going away."""

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    """A room of its own inside executions."""

    name = "executions.retention"
    verbose_name = "Retention"
