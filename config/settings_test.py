"""Settings of the tests: the same product, with a cheap password hasher and short engine times."""

import json
import os

# Before the settings are read: each process of the suite has servers of its own. Processes that tests start get
# them from their environment, or others instead.
if "PYTEST_XDIST_WORKER" in os.environ and "TEST_SERVERS" in os.environ:
    _servers = json.loads(os.environ.pop("TEST_SERVERS"))
    _number = int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw"))
    os.environ |= _servers[_number % len(_servers)]

from accounts.limits.rates import Rate, RouteClass
from config.settings import *  # noqa: F403 - settings are made to be extended this way

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {  # noqa: F405 - from the star import
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
# Straight from the sources: nothing is collected before tests.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
# All tests come from one address; those of limits set their own.
RATE_LIMITS |= dict.fromkeys(  # noqa: F405 - from the star import
    (RouteClass.AUTH, RouteClass.LOGIN, RouteClass.REFUSED, RouteClass.VISIT), Rate(100_000, 60)
)
HAS_MAIL, ACCOUNT_EMAIL_VERIFICATION = True, "mandatory"  # pytest-django keeps what is sent
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
LEASE_SECONDS = 3.0
HEARTBEAT_SECONDS = 0.5
POLL_SECONDS = 0.5
REPORT_SECONDS = 0.0  # tests report themselves
OUTBOUND_ALLOWED_HOSTS = ["127.0.0.1"]
# Two suites can run at the same time on one server.
DATABASES["default"]["TEST"] = {  # noqa: F405 - from the star import
    "NAME": env.str("TEST_DATABASE_NAME", default="test_agentloom")  # noqa: F405 - as above
}
