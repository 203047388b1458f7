"""Addresses of the pages of knowledge."""

from django.urls import path

from executions.knowledge import views

app_name = "knowledge"
urlpatterns = [
    path("knowledge/", views.collection_list, name="list"),
    path("knowledge/several/", views.with_several, name="several"),
    path("knowledge/<uuid:pk>/", views.collection_detail, name="detail"),
    path("knowledge/<uuid:pk>/change/", views.change, name="change"),
    path("knowledge/<uuid:pk>/delete/", views.delete, name="delete"),
    path("knowledge/documents/<uuid:pk>/", views.document, name="document"),
    path("knowledge/documents/<uuid:pk>/refresh/", views.refresh, name="refresh-document"),
    path("knowledge/documents/<uuid:pk>/delete/", views.delete_document, name="delete-document"),
]
