"""Settings of processes that are broken on purpose: those of the tests, faster still, with the blocks of `chaos`."""

from config.settings_test import *  # noqa: F403 - settings are made to be extended this way

INSTALLED_APPS = [  # from the star import
    "chaos.apps.WithBlocks" if name == "chaos" else name
    for name in INSTALLED_APPS  # noqa: F405 - as above
]
LEASE_SECONDS = 1.0
HEARTBEAT_SECONDS = 0.1
POLL_SECONDS = 0.1
WORKER_SLOTS = 8
LOGGING["root"]["level"] = "WARNING"  # type: ignore[index]  # noqa: F405 - as above; a nested dictionary
