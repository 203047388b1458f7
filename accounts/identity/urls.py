"""Addresses of getting in. The names are those that django-allauth looks for."""

from allauth.account import views as account
from allauth.socialaccount.providers.openid_connect.views import callback
from django.contrib.auth.decorators import login_required
from django.urls import path, re_path
from django.views.generic import RedirectView, TemplateView

from accounts.identity import passkey_views, views
from accounts.identity.views import by_mail, counted

_to_login = RedirectView.as_view(pattern_name="account_login")
_link_sent = TemplateView.as_view(template_name="account/password_reset_done.html")

urlpatterns = [
    path("login/", views.LogIn.as_view(), name="account_login"),
    path("login/code/", counted(views.SecondStep.as_view()), name="mfa_authenticate"),
    path("login/passkey/", passkey_views.log_in, name="passkey_login"),
    path("login/closed/", account.account_inactive, name="account_inactive"),
    path("logout/", views.LogOut.as_view(), name="account_logout"),
    path("signup/", views.sign_up, name="account_signup"),
    path("signup/sent/", account.email_verification_sent, name="account_email_verification_sent"),
    re_path(
        r"^email/(?P<key>[-:\w]+)/$", by_mail(account.confirm_email), name="account_confirm_email"
    ),
    path("password/forgotten/", by_mail(account.password_reset), name="account_reset_password"),
    path("password/sent/", _link_sent, name="account_reset_password_done"),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        by_mail(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path("password/done/", _to_login, name="account_reset_password_from_key_done"),
    path(
        "account/password/",
        login_required(counted(account.password_change)),
        name="account_change_password",
    ),
    path(
        "account/password/set/",
        login_required(counted(account.password_set)),
        name="account_set_password",
    ),
    path("account/email/", login_required(by_mail(account.email)), name="account_email"),
    path("account/connections/", views.connections, name="socialaccount_connections"),
    path("account/connections/<int:pk>/", views.disconnect, name="socialaccount_disconnect"),
    path("login/elsewhere/cancelled/", _to_login, name="socialaccount_login_cancelled"),
    path(
        "login/elsewhere/<slug:provider_id>/", views.log_in_elsewhere, name="openid_connect_login"
    ),
    path(
        "login/elsewhere/<slug:provider_id>/callback/",
        counted(callback),
        name="openid_connect_callback",
    ),
]
