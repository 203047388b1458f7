"""Addresses of published pages: for their owners, and for visitors."""

from django.urls import path

from executions.published import views, visits

app_name = "published"
urlpatterns = [
    path("pages/", views.page_list, name="list"),
    path("pages/several/", views.with_several, name="several"),
    path("pages/<uuid:pk>/", views.page_detail, name="detail"),
    path("pages/<uuid:pk>/pause/", views.pause, name="pause"),
    path("pages/<uuid:pk>/resume/", views.resume, name="resume"),
    path("pages/<uuid:pk>/renew/", views.renew, name="renew"),
    path("pages/<uuid:pk>/delete/", views.delete, name="delete"),
    path("graphs/<uuid:graph_pk>/publish/", views.new_page, name="new"),
    path("p/<slug:token>/", visits.visit, name="visit"),
    path("p/<slug:token>/anew/", visits.begin_anew, name="anew"),
    path("p/<slug:token>/runs/<uuid:run_pk>/", visits.result, name="result"),
    path("p/<slug:token>/runs/<uuid:run_pk>/stream/", visits.stream, name="stream"),
]
