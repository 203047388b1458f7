"""Addresses of the pages of the inbox."""

from django.urls import path

from executions.inbox import views

app_name = "inbox"
urlpatterns = [
    path("inbox/", views.question_list, name="list"),
    path("inbox/<uuid:pk>/", views.question, name="question"),
    path("inbox/<uuid:pk>/delegate/", views.delegate, name="delegate"),
    path("inbox/<uuid:pk>/take-back/", views.take_back, name="take-back"),
    path("answer/<str:token>/", views.by_link, name="by-link"),
]
