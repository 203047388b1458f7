"""Addresses of the pages of graphs."""

from django.urls import path

from graphs import builder_views, gallery_views, version_views, views

app_name = "graphs"
urlpatterns = [
    path("graphs/", views.graph_list, name="list"),
    path("graphs/several/", views.with_several, name="several"),
    path("graphs/export/", views.export_several, name="export-several"),
    path("graphs/new/", views.new_graph, name="new"),
    path("graphs/gallery/", gallery_views.gallery, name="gallery"),
    path("graphs/gallery/<uuid:pk>/", gallery_views.take_offered, name="take-offered"),
    path("graphs/gallery/<slug:slug>/", gallery_views.take, name="take"),
    path("graphs/import/", views.import_graph, name="import"),
    path("graphs/<uuid:pk>/", views.graph_detail, name="detail"),
    path("graphs/<uuid:pk>/node/", views.node_detail, name="node"),
    path("graphs/<uuid:pk>/edit/", builder_views.builder, name="edit"),
    path("graphs/<uuid:pk>/json/", views.edit_as_json, name="json"),
    path("graphs/blocks/<str:block_id>/form/", builder_views.block_form, name="block-form"),
    path("graphs/<uuid:pk>/export/", views.export_graph, name="export"),
    path("graphs/<uuid:pk>/share/", views.share_graph, name="share"),
    path("graphs/<uuid:pk>/template/", gallery_views.offer, name="offer"),
    path("graphs/<uuid:pk>/file/", views.file_graph, name="file"),
    path("graphs/<uuid:pk>/delete/", views.delete_graph, name="delete"),
    path("graphs/<uuid:pk>/activate/<int:number>/", views.activate_version, name="activate"),
    path("graphs/<uuid:pk>/versions/<int:number>/", version_views.changes, name="changes"),
    path("graphs/<uuid:pk>/versions/<int:number>/restore/", version_views.restore, name="restore"),
]
