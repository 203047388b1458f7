"""Addresses of the account pages."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("login/", views.LogIn.as_view(), name="login"),
    path("logout/", views.LogOut.as_view(), name="logout"),
    path("signup/", views.sign_up, name="sign-up"),
    path("account/", views.profile, name="profile"),
    path("account/password/", views.ChangePassword.as_view(), name="password"),
    path("account/log-out/", views.log_out_everywhere, name="log-out-everywhere"),
    path("account/credits/", views.credits, name="credits"),
    path("account/api-keys/", views.api_keys, name="api-keys"),
    path("account/api-keys/<uuid:pk>/<str:verb>/", views.change_api_key, name="change-api-key"),
]
