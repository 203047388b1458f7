"""Addresses of the account pages."""

from django.urls import path

from accounts import password_views, views

app_name = "accounts"
urlpatterns = [
    path("login/", views.LogIn.as_view(), name="login"),
    path("logout/", views.LogOut.as_view(), name="logout"),
    path("signup/", views.sign_up, name="sign-up"),
    path("account/", views.profile, name="profile"),
    path("account/password/", password_views.ChangePassword.as_view(), name="password"),
    path("password/forgotten/", password_views.Forgotten.as_view(), name="forgotten"),
    path("password/sent/", password_views.link_sent, name="link-sent"),
    path(
        "password/new/<uidb64>/<token>/", password_views.NewPassword.as_view(), name="new-password"
    ),
    path("account/log-out/", views.log_out_everywhere, name="log-out-everywhere"),
    path("account/credits/", views.credits, name="credits"),
    path("account/credits/statement.csv", views.credit_statement, name="statement"),
    path("account/api-keys/", views.api_keys, name="api-keys"),
    path("account/api-keys/<uuid:pk>/<str:verb>/", views.change_api_key, name="change-api-key"),
]
