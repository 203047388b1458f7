"""The product's settings with other addresses: what the web server alone costs."""

from config.settings import *  # noqa: F403 - settings are made to be extended this way

ROOT_URLCONF = "bench.floor_urls"
