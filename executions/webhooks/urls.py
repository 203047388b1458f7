"""Addresses of the pages of webhooks."""

from django.urls import path

from executions.webhooks import views

app_name = "webhooks"
urlpatterns = [
    path("webhooks/", views.webhook_list, name="list"),
    path("webhooks/several/", views.with_several, name="several"),
    path("webhooks/<uuid:pk>/", views.webhook_detail, name="detail"),
    path("webhooks/<uuid:pk>/pause/", views.pause, name="pause"),
    path("webhooks/<uuid:pk>/resume/", views.resume, name="resume"),
    path("webhooks/<uuid:pk>/renew/", views.renew, name="renew"),
    path("webhooks/<uuid:pk>/test/", views.try_out, name="try-out"),
    path("webhooks/<uuid:pk>/delete/", views.delete, name="delete"),
    path("graphs/<uuid:graph_pk>/webhook/", views.new_webhook, name="new"),
]
