"""What waits for people: everything that asks somebody, in one place."""

from django.apps import AppConfig


class InboxConfig(AppConfig):
    """A room of its own inside executions."""

    name = "executions.inbox"
    verbose_name = "Inbox"
