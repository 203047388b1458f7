"""Addresses of the account pages."""

from django.urls import path

from accounts import views
from accounts.identity import factor_views, passkey_views

app_name = "accounts"
urlpatterns = [
    path("account/", views.profile, name="profile"),
    path("account/logins/", views.logins, name="logins"),
    path("account/logins/<uuid:pk>/end/", views.end_login, name="end-login"),
    path("account/log-out/", views.log_out_everywhere, name="log-out-everywhere"),
    path("account/two-factor/", factor_views.two_factor, name="two-factor"),
    path("account/two-factor/begin/", factor_views.begin, name="two-factor-begin"),
    path("account/two-factor/on/", factor_views.turn_on, name="two-factor-on"),
    path("account/two-factor/off/", factor_views.turn_off, name="two-factor-off"),
    path("account/two-factor/codes/", factor_views.new_codes, name="two-factor-codes"),
    path("account/passkeys/", passkey_views.passkey_list, name="passkeys"),
    path("account/passkeys/begin/", passkey_views.begin, name="passkeys-begin"),
    path("account/passkeys/add/", passkey_views.add, name="passkeys-add"),
    path("account/passkeys/<int:pk>/remove/", passkey_views.remove, name="passkeys-remove"),
    path("account/credits/", views.credits, name="credits"),
    path("account/credits/statement.csv", views.credit_statement, name="statement"),
    path("account/api-keys/", views.api_keys, name="api-keys"),
    path("account/api-keys/several/", views.with_several_keys, name="several-keys"),
    path("account/api-keys/<uuid:pk>/", views.edit_api_key, name="edit-api-key"),
    path("account/api-keys/<uuid:pk>/<str:verb>/", views.change_api_key, name="change-api-key"),
]
