"""Addresses of the vault's pages."""

from django.urls import path

from accounts.vault import views

app_name = "vault"
urlpatterns = [
    path("credentials/", views.credential_list, name="list"),
    path("credentials/several/", views.with_several, name="several"),
    path("credentials/new/<str:type_>/", views.new_credential, name="new"),
    path("credentials/connect/", views.connect, name="connect"),
    path("credentials/callback/", views.callback, name="callback"),
    path("credentials/<uuid:pk>/", views.credential_detail, name="detail"),
    path("credentials/<uuid:pk>/check/", views.check, name="check"),
    path("credentials/<uuid:pk>/default/", views.make_default, name="default"),
    path("credentials/<uuid:pk>/lend/", views.lend, name="lend"),
    path("credentials/<uuid:pk>/revoke/", views.revoke, name="revoke"),
    path("credentials/<uuid:pk>/delete/", views.delete, name="delete"),
]
