"""Evaluations, for operators to look at."""

from django.contrib import admin

from accounts.operators import ReadOnlyAdmin
from executions.evaluation.models import Evaluation


@admin.register(Evaluation)
class EvaluationAdmin(ReadOnlyAdmin):
    """Evaluations, without what their samples hold."""

    list_display = ("name", "user", "graph_id", "at_once", "created_at", "ended_at")
    list_select_related = ("user",)
    search_fields = ("name", "user__email", "=graph__id")
    ordering = ("-created_at", "-pk")
