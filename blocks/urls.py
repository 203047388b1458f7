"""Addresses of the catalogue."""

from django.urls import path

from blocks import views

app_name = "blocks"
urlpatterns = [
    path("blocks/", views.block_list, name="list"),
    path("blocks/catalogue.json", views.builder_catalogue, name="catalogue"),
    path("blocks/<str:block_id>/", views.block_detail, name="detail"),
]
