"""Addresses of the pages of test cases and evaluations."""

from django.urls import path

from executions.evaluation import views

app_name = "evaluation"
urlpatterns = [
    path("graphs/<uuid:graph_pk>/tests/", views.tests, name="tests"),
    path("graphs/<uuid:graph_pk>/tests/run/", views.run_tests, name="run"),
    path("graphs/<uuid:graph_pk>/tests/verdicts/", views.verdicts, name="verdicts"),
    path("executions/<uuid:pk>/test/", views.save_case, name="save"),
    path("tests/<uuid:pk>/checks/", views.add_check, name="add-check"),
    path("tests/<uuid:pk>/checks/<int:position>/remove/", views.remove_check, name="remove-check"),
    path("tests/<uuid:pk>/delete/", views.delete_case, name="delete"),
    path("evaluations/<uuid:pk>/", views.detail, name="detail"),
    path("evaluations/<uuid:pk>/stop/", views.stop, name="stop"),
    path("evaluations/<uuid:pk>/csv/", views.download, name="csv"),
]
