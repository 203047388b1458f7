"""Running what was drawn."""

from importlib import import_module

from django.apps import AppConfig


class ExecutionsConfig(AppConfig):
    """Runs, their engine, and the workers."""

    name = "executions"

    def ready(self) -> None:
        """Tell Celery about the tasks, in every process that may run one, and about the worker's side work."""
        import_module("executions.tasks")
        import_module("executions.workers.keeper")
        import_module("executions.metrics.reporting")
