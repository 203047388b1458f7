"""Addresses of the pages of one's own data."""

from django.urls import path

from executions.retention import views

app_name = "retention"
urlpatterns = [
    path("account/data/", views.data, name="data"),
    path("account/data/export/", views.export, name="export"),
    path("account/data/exports/<uuid:pk>/", views.export_file, name="file"),
    path("account/data/delete/", views.delete_account, name="delete-account"),
]
