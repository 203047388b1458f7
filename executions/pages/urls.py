"""Addresses of the pages of runs."""

from django.urls import path

from executions.drafting import views as drafting
from executions.insight import views as insight
from executions.pages import views
from executions.replays import views as replays
from executions.trials import views as trials

app_name = "executions"
urlpatterns = [
    path("counters/", views.counters, name="counters"),
    path("dashboard/", insight.dashboard, name="dashboard"),
    path("account/spending/", views.spending, name="spending"),
    path("executions/", views.execution_list, name="list"),
    path("executions/several/", views.with_several, name="several"),
    path("executions/<uuid:pk>/", views.execution_detail, name="detail"),
    path("executions/<uuid:pk>/live/", views.live_parts, name="live"),
    path("executions/<uuid:pk>/previews/", views.node_previews, name="previews"),
    path("executions/<uuid:pk>/results/", views.run_results, name="results"),
    path("executions/<uuid:pk>/nodes/", views.node_table, name="nodes"),
    path("executions/<uuid:pk>/node/", views.node_detail, name="node"),
    path("executions/<uuid:pk>/firings/<uuid:firing_pk>/", views.firing_detail, name="firing"),
    path("executions/<uuid:pk>/firings/<uuid:firing_pk>/values/", views.values, name="values"),
    path("executions/<uuid:pk>/firings/<uuid:firing_pk>/answer/", views.answer, name="answer"),
    path("executions/<uuid:pk>/outputs/", views.outputs, name="outputs"),
    path("executions/<uuid:pk>/stop/", views.stop, name="stop"),
    path("executions/<uuid:pk>/again/", views.run_again, name="again"),
    path("executions/<uuid:pk>/compare/", insight.compare, name="compare"),
    path("executions/<uuid:pk>/log/", insight.log, name="log"),
    path("executions/<uuid:pk>/export/", insight.export, name="export"),
    path("executions/<uuid:pk>/repeat/", views.repeat, name="repeat"),
    path("executions/<uuid:pk>/delete/", views.delete, name="delete"),
    path("graphs/words/", drafting.describe, name="words"),
    path("graphs/words/accept/", drafting.accept, name="accept-words"),
    path("graphs/<uuid:graph_pk>/estimate/", insight.estimate, name="estimate"),
    path("executions/<uuid:pk>/replay/", replays.replay, name="replay"),
    path("executions/<uuid:pk>/try/", trials.of_run, name="try-run"),
    path("graphs/<uuid:graph_pk>/try/", trials.of_graph, name="try"),
    path("graphs/<uuid:graph_pk>/preview/", trials.preview, name="preview"),
    path("graphs/<uuid:graph_pk>/run/", views.start, name="start"),
    path("graphs/<uuid:graph_pk>/last-values/", views.last_values, name="last-values"),
    path("graphs/<uuid:graph_pk>/recent-runs/", views.recent_runs, name="recent"),
]
