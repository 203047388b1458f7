"""Addresses of shared runs."""

from django.urls import path

from executions.sharing import views

app_name = "sharing"
urlpatterns = [
    path("executions/<uuid:pk>/share/", views.share, name="share"),
    path("executions/<uuid:pk>/unshare/", views.unshare, name="unshare"),
    path("shared/<slug:token>/", views.shared, name="shared"),
]
