"""Teams: people who share graphs and credentials."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TeamsConfig(AppConfig):
    """A room of its own inside accounts."""

    name = "accounts.teams"
    verbose_name = _("Teams")
