"""Registers the management commands of the set-up."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Holds no models."""

    name = "config"
