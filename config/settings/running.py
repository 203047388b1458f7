"""Runs: the engine's times, and the world outside that blocks may reach."""

from django.core.exceptions import ImproperlyConfigured

from accounts.vault.oauth_settings import providers_in
from blocks.adapters.endpoints import LlmSettings
from config.settings.base import env

# What came of due times and of deliveries is remembered so long. A copy of an older delivery is not known as one.
HISTORY_DAYS = env.int("HISTORY_DAYS", default=90)

# What is deleted after so many days; 0: never. Users may choose less.
RETENTION_RUN_DAYS = env.int("RETENTION_RUN_DAYS", default=0)
RETENTION_EVENT_DAYS = env.int("RETENTION_EVENT_DAYS", default=0)
RETENTION_FILE_DAYS = env.int("RETENTION_FILE_DAYS", default=0)

# The engine. Times in seconds; all of them are measured on the database's clock.
LEASE_SECONDS = env.float("LEASE_SECONDS", default=30.0)
HEARTBEAT_SECONDS = env.float("HEARTBEAT_SECONDS", default=1.0)
POLL_SECONDS = env.float("POLL_SECONDS", default=2.0)
WORKER_SLOTS = env.int("WORKER_SLOTS", default=100)

# Classes of blocks (ids and categories, by the name of the class), and those that this worker serves; none: all.
DEFAULT_BLOCK_CLASS = "default"  # of what is in none
BLOCK_CLASSES = env.json("BLOCK_CLASSES", default={})
WORKER_CLASSES = env.list("WORKER_CLASSES", default=[])
if _unknown := set(WORKER_CLASSES) - {DEFAULT_BLOCK_CLASS, *BLOCK_CLASSES}:
    raise ImproperlyConfigured(
        f"WORKER_CLASSES names {', '.join(sorted(_unknown))}, which BLOCK_CLASSES does not have"
    )

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

# Metrics: who may read them, whether they name users and graphs, and how often a process hands on what it has counted.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
METRICS_OWNERS = env.bool("METRICS_OWNERS", default=False)
REPORT_SECONDS = env.float("REPORT_SECONDS", default=5.0)
