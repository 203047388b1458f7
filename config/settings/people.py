"""Users: how they get in (django-allauth), mails to them, what they begin with."""

from django.core.exceptions import ImproperlyConfigured

from accounts.identity.providers import social_settings
from config.settings.base import env

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.PasswordBackend"]
LOGIN_URL = LOGOUT_REDIRECT_URL = "account_login"
LOGIN_REDIRECT_URL = "executions:dashboard"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]
# Without a mail server there is no way back in by mail, no page that offers it, and no address is verified.
_MAIL = env.str("EMAIL_URL", default="")
HAS_MAIL = bool(_MAIL)
vars().update(env.email_url_config(_MAIL or "dummymail://"))
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="agentloom@localhost")
EMAIL_TIMEOUT = 20  # seconds that the mail server may take
# Where people find this installation: links in mails lead there.
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000")
PASSWORD_RESET_TIMEOUT = 3_600  # seconds that a link in a mail works
# django-allauth. What it would count in its own way is counted by accounts/limits.
ACCOUNT_ADAPTER = "accounts.identity.account_adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS, ACCOUNT_SIGNUP_FIELDS = {"email"}, ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if HAS_MAIL else "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = ACCOUNT_CHANGE_EMAIL = ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 1
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
ACCOUNT_FORMS = {
    "login": "accounts.identity.forms.LogInForm",
    "signup": "accounts.identity.forms.SignUpForm",
    "reset_password": "accounts.identity.forms.ForgottenForm",
    "add_email": "accounts.identity.forms.ChangeEmailForm",
}
MFA_ADAPTER = "accounts.identity.account_adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES, MFA_TOTP_ISSUER, MFA_TOTP_TOLERANCE = (
    ["totp", "recovery_codes"],
    "Agentloom",
    1,
)
SOCIALACCOUNT_ADAPTER = "accounts.identity.social_adapter.SocialAdapter"
try:
    SOCIALACCOUNT_PROVIDERS = social_settings(env.json("LOGIN_PROVIDERS", default={}))
except (ValueError, AttributeError) as _error:
    raise ImproperlyConfigured(f"LOGIN_PROVIDERS cannot be read: {_error}") from _error
SIGNUP_OPEN = env.bool("SIGNUP_OPEN", default=False)
# Whom `ensure_admin` makes; without a password it generates one.
ADMIN_EMAIL = env.str("AGENTLOOM_ADMIN_EMAIL", default="admin@example.com")
ADMIN_PASSWORD = env.str("AGENTLOOM_ADMIN_PASSWORD", default="")
INITIAL_CREDITS = env.int("INITIAL_CREDITS", default=10_000)
# Who has fewer is told so.
LOW_BALANCE = env.int("LOW_BALANCE", default=100)
