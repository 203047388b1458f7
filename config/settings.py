"""All settings, read once from the environment. Defaults suit a laptop; production refuses unsafe ones."""

from datetime import timedelta
from pathlib import Path

import environ
from celery.schedules import crontab
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from accounts.identity.providers import social_settings
from accounts.limits.rates import Rate, RouteClass
from accounts.vault.oauth_settings import providers_in
from blocks.adapters.endpoints import LlmSettings

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY")
if len(SECRET_KEY) < 32:
    raise ImproperlyConfigured("SECRET_KEY must be at least 32 characters of randomness")
# What credentials are encrypted with: Fernet keys, the newest first; older ones only read.
CREDENTIAL_KEYS = env.list("CREDENTIAL_KEYS")
try:
    [Fernet(key) for key in CREDENTIAL_KEYS]
except ValueError as error:
    raise ImproperlyConfigured("CREDENTIAL_KEYS must be Fernet keys: 32 bytes in base64") from error
if not CREDENTIAL_KEYS:
    raise ImproperlyConfigured("CREDENTIAL_KEYS needs at least one key")
DATA_DIR = Path(env.str("AGENTLOOM_DATA", default=str(BASE_DIR / "var")))

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Behind TLS: cookies and redirects follow. Off by default because a laptop serves plain HTTP on loopback.
HTTPS = env.bool("HTTPS", default=False)

INSTALLED_APPS = [
    "config",
    "accounts",
    "accounts.audit",
    "accounts.teams",
    "accounts.vault",
    "blocks",
    "graphs",
    "executions",
    "executions.files",
    "executions.knowledge",
    "executions.sharing",
    "executions.triggers",
    "executions.webhooks",
    "executions.published",
    "chaos",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "accounts.identity",
    "channels",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "template_partials",
]

MIDDLEWARE = [
    "config.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.PreferencesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.limits.middleware.RateLimitMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
            "builtins": ["template_partials.templatetags.partials"],
        },
    }
]

# One pool a process: a thread that waits for a model or a server holds no connection.
DATABASES = {"default": env.db("DATABASE_URL")}
DATABASES["default"] |= {
    "ENGINE": "config.postgresql",
    "OPTIONS": {
        **DATABASES["default"].get("OPTIONS", {}),
        "pool": {
            "min_size": 1,
            "max_size": env.int("DATABASE_POOL", default=8),
            # Seconds. The pool itself tries ever more seldom; giving up early lets the next caller try at once.
            # What a rush has opened is closed again, one connection after the other.
            "timeout": 1.0,
            "reconnect_timeout": 1.0,
            "max_idle": 5.0,
        },
        # The ORM's statements are too many and too seldom; what workers prepare themselves is in `executions.rows`.
        "prepare_threshold": None,
        "application_name": "agentloom",
    },
}
# Prepared statements belong to a connection: to be switched off behind a pooler that shares them by transaction.
DATABASE_PREPARES = env.bool("DATABASE_PREPARES", default=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "agentloom",
        # A frozen Redis must hold up nobody for long.
        "OPTIONS": {"socket_timeout": 1.0, "socket_connect_timeout": 0.5},
    }
}
CHANNEL_PREFIX = "agentloom"
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": CHANNEL_PREFIX},
    }
}

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "agentloom"
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # for ever: a worker finds work without Redis, too
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
# The database decides what runs, so a redelivered message is only noise: keep redelivery rare, and a frozen
# broker must not hold a request.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 86_400, "socket_connect_timeout": 0.5}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BEAT_SCHEDULE = {
    "flush-expired-tokens": {
        "task": "accounts.flush_expired_tokens",
        "schedule": crontab(minute=17),
    },
    "forget-old-triggers": {"task": "triggers.forget_old", "schedule": crontab(minute=47)},
    "forget-old-deliveries": {"task": "webhooks.forget_old", "schedule": crontab(minute=57)},
    "release-stale-reservations": {
        "task": "accounts.release_stale_reservations",
        "schedule": crontab(minute=47),
    },
    "sweep-files": {"task": "files.sweep", "schedule": crontab(minute=37)},
    "forget-pending-connections": {
        "task": "vault.forget_pending_connections",
        "schedule": crontab(minute=27),
    },
}

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
MFA_FORMS = {"authenticate": "accounts.identity.forms.CodeForm"}
MFA_SUPPORTED_TYPES, MFA_TOTP_ISSUER, MFA_TOTP_TOLERANCE = (
    ["totp", "recovery_codes"],
    "Agentloom",
    1,
)
SOCIALACCOUNT_ADAPTER = "accounts.identity.social_adapter.SocialAdapter"
try:
    SOCIALACCOUNT_PROVIDERS = social_settings(env.json("LOGIN_PROVIDERS", default={}))
except (ValueError, AttributeError) as error:
    raise ImproperlyConfigured(f"LOGIN_PROVIDERS cannot be read: {error}") from error
SIGNUP_OPEN = env.bool("SIGNUP_OPEN", default=False)
# Whom `ensure_admin` makes; without a password it generates one.
ADMIN_EMAIL = env.str("AGENTLOOM_ADMIN_EMAIL", default="admin@example.com")
ADMIN_PASSWORD = env.str("AGENTLOOM_ADMIN_PASSWORD", default="")
INITIAL_CREDITS = env.int("INITIAL_CREDITS", default=10_000)
# Who has fewer is told so.
LOW_BALANCE = env.int("LOW_BALANCE", default=100)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.ApiKeyAuthentication",
        "accounts.authentication.AccessTokenAuthentication",
        "accounts.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.permissions.HasScope"],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.limits.throttles.RateThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["config.json_format.Renderer"],
    "DEFAULT_PARSER_CLASSES": ["config.json_format.Parser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "config.pagination.Pages",
    "DEFAULT_SCHEMA_CLASS": "config.schema.OperationSchema",
    "EXCEPTION_HANDLER": "config.errors.exception_handler",
}
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=15),
    "ISSUER": "agentloom",
    "AUDIENCE": "agentloom",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Agentloom",
    "DESCRIPTION": "Build AI agents as graphs of blocks, run them durably, watch them live.",
    "VERSION": "0.1.0",
    "OAS_VERSION": "3.1.0",
    "ENUM_NAME_OVERRIDES": {
        "RoleEnum": "accounts.models.Role",
        "TeamRole": "accounts.teams.models.TeamRole",
        "CredentialTypeEnum": "accounts.vault.models.TYPES",
        "RunStatus": "executions.engine.status.RUN_STATUSES",
        "WebhookSignature": "executions.webhooks.models.Webhook.Signature",
        "DeliveryResult": "executions.webhooks.models.Delivery.Result",
        "TickResult": "executions.triggers.models.Tick.Result",
        "ScheduleKind": "executions.triggers.models.KINDS",
        "NodeStatus": "executions.engine.status.Status",
    },
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SERVE_AUTHENTICATION": ["accounts.authentication.SessionAuthentication"],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
}

# How many requests in how many seconds, see docs/operating.md; `TRUSTED_PROXIES` write X-Forwarded-For.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
_RATES = {
    RouteClass.AUTH: env.str("RATE_AUTH", default="30/60"),
    RouteClass.LOGIN: env.str("RATE_LOGIN", default="10/300"),
    RouteClass.REFUSED: env.str("RATE_REFUSED", default="120/60"),
    RouteClass.EXECUTE: env.str("RATE_EXECUTE", default="60000/60"),
    RouteClass.READ: env.str("RATE_READ", default="60000/60"),
    RouteClass.WRITE: env.str("RATE_WRITE", default="12000/60"),
    RouteClass.WEBHOOK: env.str("RATE_WEBHOOK", default="6000/60"),
    RouteClass.VISIT: env.str("RATE_VISIT", default="30/60"),
    RouteClass.WEBSOCKET: env.str("RATE_WEBSOCKET", default="600/60"),
}
try:
    RATE_LIMITS = {route_class: Rate.parse(text) for route_class, text in _RATES.items()}
except ValueError as error:
    raise ImproperlyConfigured(str(error)) from error

MAX_BODY_BYTES = env.int("MAX_BODY_BYTES", default=10 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Chinese"))]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
# Whoever has chosen no language gets the one of their browser.
LANGUAGE_COOKIE_AGE, LANGUAGE_COOKIE_SAMESITE = 31_536_000, "Lax"
LANGUAGE_COOKIE_HTTPONLY, LANGUAGE_COOKIE_SECURE = True, HTTPS
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    # Where files of users lie: any storage of Django's, such as S3 by django-storages.
    "default": env.json("FILE_STORAGE", default={"BACKEND": "config.storage.LocalFiles"}),
    "staticfiles": {"BACKEND": "config.storage.StaticFiles"},
}
MEDIA_ROOT = DATA_DIR / "files"
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700
MAX_FILE_BYTES = env.int("MAX_FILE_BYTES", default=10_000_000)
FILE_QUOTA_BYTES = env.int("FILE_QUOTA_BYTES", default=1_000_000_000)  # of one user
# Of one user. Searches compare a question with each of them.
KNOWLEDGE_PASSAGES = env.int("KNOWLEDGE_PASSAGES", default=20_000)
RUN_FILES_BYTES = env.int("RUN_FILES_BYTES", default=500_000_000)  # written by one run

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "media-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"

# What came of due times and of deliveries is remembered so long. A copy of an older delivery is not known as one.
HISTORY_DAYS = env.int("HISTORY_DAYS", default=90)

# The engine. Times in seconds; all of them are measured on the database's clock.
LEASE_SECONDS = env.float("LEASE_SECONDS", default=30.0)
HEARTBEAT_SECONDS = env.float("HEARTBEAT_SECONDS", default=1.0)
POLL_SECONDS = env.float("POLL_SECONDS", default=2.0)
WORKER_SLOTS = env.int("WORKER_SLOTS", default=100)

# Hosts that blocks may call although they are private ("host" or "host:port"), and the language model.
OUTBOUND_ALLOWED_HOSTS = env.list("OUTBOUND_ALLOWED_HOSTS", default=[])
# Servers that give out access by OAuth 2, by the name of their provider.
OAUTH_PROVIDERS = providers_in(env.json("OAUTH_PROVIDERS", default={}))
# Commands of MCP servers that nodes may use as "stdio:NAME"; they run on the workers, with their rights.
MCP_STDIO_SERVERS = env.json("MCP_STDIO_SERVERS", default={})
LLM = LlmSettings(
    provider=env.str("LLM_PROVIDER", default="offline"),
    base_url=env.str("LLM_BASE_URL", default=""),
    api_key=env.str("LLM_API_KEY", default=""),
    default_model=env.str("LLM_MODEL", default=""),
    embedding_model=env.str("LLM_EMBEDDING_MODEL", default="text-embedding-3-small"),
    allow=tuple(env.list("LLM_ALLOWED_MODELS", default=[])),
)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "config.log_lines.OneLine",
            "format": "%(levelname)s %(name)s%(request)s: %(message)s",
        }
    },
    "filters": {"request": {"()": "config.log_lines.WithRequest"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["request"],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "httpx2": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
    },
}
