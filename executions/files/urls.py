"""Addresses of the pages of files."""

from django.urls import path

from executions.files import views

app_name = "files"
urlpatterns = [
    path("files/", views.file_list, name="list"),
    path("files/several/", views.with_several, name="several"),
    path("files/<uuid:pk>/download/", views.download, name="download"),
    path("files/<uuid:pk>/delete/", views.delete, name="delete"),
]
