"""Where things are kept and wait: PostgreSQL, Redis, the queue, files."""

import socket

from celery.schedules import crontab

from config.settings.base import DATA_DIR, env

# Prepared statements, cursors, locks and settings of a session belong to a connection. Behind a pooler that shares
# connections by transaction they are to be switched off, and workers hold their lock past the pooler.
DATABASE_PREPARES = env.bool("DATABASE_PREPARES", default=True)
DATABASE_DIRECT_URL = env.str("DATABASE_DIRECT_URL", default="")
# A machine whose cable is cut says nothing. Without these PostgreSQL would keep what its sessions have locked for hours.
DATABASE_SESSION = (
    "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3"
    " -c idle_in_transaction_session_timeout=60s"
)

# One pool a process: a thread that waits for a model or a server holds no connection.
DATABASES = {"default": env.db("DATABASE_URL")}
DATABASES["default"] |= {
    "ENGINE": "database.postgresql",
    "OPTIONS": {
        # The other way round: a database that says nothing counts as away. Milliseconds, then seconds.
        "tcp_user_timeout": 5_000,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "connect_timeout": 3,
        **({"options": DATABASE_SESSION} if DATABASE_PREPARES else {}),
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
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = not DATABASE_PREPARES
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL")
# Who waits for messages sends nothing, and would never hear that the cable was cut. Seconds, and milliseconds for the last.
_KEEPALIVES = {"TCP_KEEPIDLE": 5, "TCP_KEEPINTVL": 2, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 5_000}
_WATCHED = {
    "socket_keepalive": True,
    "socket_keepalive_options": {
        getattr(socket, name): value
        for name, value in _KEEPALIVES.items()
        if hasattr(socket, name)  # not every system has all of them
    },
}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "agentloom",
        # A frozen Redis must hold up nobody for long.
        "OPTIONS": {
            "socket_timeout": 1.0,
            "socket_connect_timeout": 0.5,
            "serializer": "config.cache.JsonSerializer",
        },
    }
}
CHANNEL_PREFIX = "agentloom"
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [{"address": REDIS_URL, **_WATCHED}], "prefix": CHANNEL_PREFIX},
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
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 86_400,
    "socket_connect_timeout": 0.5,
    **_WATCHED,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BEAT_SCHEDULE = {
    "flush-expired-tokens": {
        "task": "accounts.flush_expired_tokens",
        "schedule": crontab(minute=17),
    },
    "forget-old-triggers": {"task": "triggers.forget_old", "schedule": crontab(minute=47)},
    "forget-old-deliveries": {"task": "webhooks.forget_old", "schedule": crontab(minute=57)},
    "forget-old-mails": {"task": "mailboxes.forget_old", "schedule": crontab(minute=52)},
    "release-stale-reservations": {
        "task": "accounts.release_stale_reservations",
        "schedule": crontab(minute=47),
    },
    "look-for-notifications": {"task": "notifications.look", "schedule": 60.0},
    "forget-old-notifications": {"task": "notifications.forget_old", "schedule": crontab(minute=7)},
    "sweep-what-is-old": {"task": "retention.sweep", "schedule": crontab(minute=13)},
    "look-for-copies-and-deletions": {"task": "retention.look", "schedule": 60.0},
    "learn-what-blocks-take": {"task": "insight.learn", "schedule": crontab(minute="*/10")},
    "sweep-files": {"task": "files.sweep", "schedule": crontab(minute=37)},
    "forget-pending-connections": {
        "task": "vault.forget_pending_connections",
        "schedule": crontab(minute=27),
    },
}

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
