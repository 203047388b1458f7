"""Settings of the tests: the same product, with a cheap password hasher and short engine times."""

from config.settings import *  # noqa: F403 - settings are made to be extended this way

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {  # noqa: F405 - from the star import
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
LEASE_SECONDS = 3.0
HEARTBEAT_SECONDS = 0.5
POLL_SECONDS = 0.5
OUTBOUND_ALLOWED_HOSTS = ["127.0.0.1"]
