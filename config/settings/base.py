"""What the other settings are made from: the environment, where data lie, secrets, and how the site is reached."""

from pathlib import Path

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()

VERSION = "0.1.0"

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY")
if len(SECRET_KEY) < 32:
    raise ImproperlyConfigured("SECRET_KEY must be at least 32 characters of randomness")
# What credentials are encrypted with: Fernet keys, the newest first; older ones only read.
CREDENTIAL_KEYS = env.list("CREDENTIAL_KEYS")
try:
    [Fernet(key) for key in CREDENTIAL_KEYS]
except ValueError as _error:
    raise ImproperlyConfigured(
        "CREDENTIAL_KEYS must be Fernet keys: 32 bytes in base64"
    ) from _error
if not CREDENTIAL_KEYS:
    raise ImproperlyConfigured("CREDENTIAL_KEYS needs at least one key")
DATA_DIR = Path(env.str("AGENTLOOM_DATA", default=str(BASE_DIR / "var")))

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Behind TLS: cookies and redirects follow. Off by default because a laptop serves plain HTTP on loopback.
HTTPS = env.bool("HTTPS", default=False)
