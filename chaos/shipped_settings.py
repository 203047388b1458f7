"""The product as shipped, with the blocks that tell the sink what they do; everybody can pay."""

from config.settings import *  # noqa: F403 - settings are made to be extended this way

INSTALLED_APPS = [
    "chaos.apps.WithBlocks" if app == "chaos" else app
    for app in INSTALLED_APPS  # noqa: F405 - from the star import
]
INITIAL_CREDITS = 1_000_000
