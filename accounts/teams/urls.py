"""Addresses of the pages of teams."""

from django.urls import path

from accounts.teams import views

app_name = "teams"
urlpatterns = [
    path("teams/", views.team_list, name="list"),
    path("teams/<uuid:pk>/", views.team_detail, name="detail"),
    path("teams/<uuid:pk>/rename/", views.rename, name="rename"),
    path("teams/<uuid:pk>/invite/", views.invite, name="invite"),
    path("teams/<uuid:pk>/invitations/<uuid:invitation_pk>/", views.withdraw, name="withdraw"),
    path("teams/<uuid:pk>/members/<uuid:user_pk>/role/", views.change_role, name="role"),
    path("teams/<uuid:pk>/members/<uuid:user_pk>/remove/", views.remove, name="remove"),
    path("teams/<uuid:pk>/leave/", views.leave, name="leave"),
    path("teams/<uuid:pk>/delete/", views.delete, name="delete"),
    path("invitations/<uuid:pk>/accept/", views.accept, name="accept"),
    path("invitations/<uuid:pk>/decline/", views.decline, name="decline"),
]
