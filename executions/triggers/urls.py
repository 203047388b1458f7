"""Addresses of the pages of schedules and presets."""

from django.urls import path

from executions.triggers import views

app_name = "triggers"
urlpatterns = [
    path("schedules/", views.schedule_list, name="list"),
    path("schedules/several/", views.with_several, name="several"),
    path("schedules/<uuid:pk>/", views.schedule_detail, name="detail"),
    path("schedules/<uuid:pk>/pause/", views.pause, name="pause"),
    path("schedules/<uuid:pk>/resume/", views.resume, name="resume"),
    path("schedules/<uuid:pk>/run/", views.run, name="run"),
    path("schedules/<uuid:pk>/delete/", views.delete, name="delete"),
    path("presets/", views.preset_list, name="presets"),
    path("presets/several/", views.with_several_presets, name="several-presets"),
    path("presets/<uuid:pk>/delete/", views.delete_preset, name="delete-preset"),
    path("graphs/<uuid:graph_pk>/schedule/", views.new_schedule, name="new"),
]
