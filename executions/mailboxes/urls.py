"""Addresses of the pages of mailboxes."""

from django.urls import path

from executions.mailboxes import views

app_name = "mailboxes"
urlpatterns = [
    path("mailboxes/", views.mailbox_list, name="list"),
    path("mailboxes/several/", views.with_several, name="several"),
    path("mailboxes/<uuid:pk>/", views.mailbox_detail, name="detail"),
    path("mailboxes/<uuid:pk>/pause/", views.pause, name="pause"),
    path("mailboxes/<uuid:pk>/resume/", views.resume, name="resume"),
    path("mailboxes/<uuid:pk>/look/", views.look, name="look"),
    path("mailboxes/<uuid:pk>/delete/", views.delete, name="delete"),
    path("graphs/<uuid:graph_pk>/mailbox/", views.new_mailbox, name="new"),
]
