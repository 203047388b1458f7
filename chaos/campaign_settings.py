"""The same with short times, so that leases run out often in a campaign."""

from chaos.shipped_settings import *  # noqa: F403 - settings are made to be extended this way

LEASE_SECONDS = 3.0
HEARTBEAT_SECONDS = 0.5
POLL_SECONDS = 0.5
