"""Test cases, and versions evaluated by them or by data."""

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    """A room of its own inside executions."""

    name = "executions.evaluation"
    verbose_name = "Evaluation"
