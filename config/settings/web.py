"""What is spoken over HTTP: the API and its document, rate limits, headers and cookies."""

import hashlib
from datetime import timedelta

from django.core.exceptions import ImproperlyConfigured

from accounts.limits.rates import Rate, RouteClass
from config.settings.base import HTTPS, SECRET_KEY, VERSION, env

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
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "config.json_format.Negotiation",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "config.pagination.Pages",
    "DEFAULT_SCHEMA_CLASS": "config.schema.OperationSchema",
    "EXCEPTION_HANDLER": "config.errors.exception_handler",
}
SIMPLE_JWT = {
    # Not the key of sessions and links: whoever learns this one has not the other.
    "SIGNING_KEY": hashlib.sha256(f"access tokens: {SECRET_KEY}".encode()).hexdigest(),
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=15),
    "ISSUER": "agentloom",
    "AUDIENCE": "agentloom",
}
SPECTACULAR_SETTINGS = {
    "SCHEMA_PATH_PREFIX": "/api/",
    "TITLE": "Agentloom",
    "DESCRIPTION": "Build AI agents as graphs of blocks, run them durably, watch them live.",
    "VERSION": VERSION,
    "OAS_VERSION": "3.1.0",
    "ENUM_NAME_OVERRIDES": {
        "RoleEnum": "accounts.models.Role",
        "TeamRole": "accounts.teams.models.TeamRole",
        "CredentialTypeEnum": "accounts.vault.models.TYPES",
        "RunStatus": "executions.engine.status.RUN_STATUSES",
        "PermissionsEnum": "accounts.models.Scope",
        "TheirPermissions": "executions.compat.permissions.CHOICES",
        "WebhookSignature": "executions.webhooks.models.Webhook.Signature",
        "DeliveryResult": "executions.webhooks.models.Delivery.Result",
        "ArrivalResult": "executions.mailboxes.models.Arrival.Result",
        "MailEncryption": "executions.mailboxes.models.Mailbox.Encryption",
        "TickResult": "executions.triggers.models.Tick.Result",
        "DataExportStatus": "executions.retention.models.DataExport.Status",
        "DispatchStatus": "executions.notifications.models.Dispatch.Status",
        "NotificationEvent": "executions.notifications.models.EVENTS",
        "NotificationMail": "executions.notifications.models.Mail",
        "ScheduleKind": "executions.triggers.models.KINDS",
        "PageKind": "executions.published.models.PublishedPage.Kind",
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
except ValueError as _error:
    raise ImproperlyConfigured(str(_error)) from _error

MAX_BODY_BYTES = env.int("MAX_BODY_BYTES", default=10 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES

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
