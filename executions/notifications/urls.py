"""Addresses of the pages of notifications."""

from django.urls import path

from executions.notifications import views

app_name = "notifications"
urlpatterns = [
    path("notifications/", views.notification_list, name="list"),
    path("notifications/several/", views.with_several, name="several"),
    path("notifications/read/", views.mark_read, name="read"),
    path("notifications/settings/", views.preferences, name="settings"),
    path("notifications/endpoints/", views.new_endpoint, name="new-endpoint"),
    path("notifications/endpoints/<uuid:pk>/", views.endpoint_detail, name="endpoint"),
    path("notifications/endpoints/<uuid:pk>/pause/", views.pause, name="pause"),
    path("notifications/endpoints/<uuid:pk>/resume/", views.resume, name="resume"),
    path("notifications/endpoints/<uuid:pk>/renew/", views.renew, name="renew"),
    path("notifications/endpoints/<uuid:pk>/test/", views.try_out, name="try-out"),
    path("notifications/endpoints/<uuid:pk>/delete/", views.delete, name="delete"),
    path("notifications/dispatches/<uuid:pk>/resend/", views.resend, name="resend"),
]
