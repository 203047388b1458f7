"""E-mail in: folders of mail servers whose mails start runs."""

from importlib import import_module

from django.apps import AppConfig


class MailboxesConfig(AppConfig):
    """A room of its own inside executions."""

    name = "executions.mailboxes"
    verbose_name = "Mailboxes"

    def ready(self) -> None:
        """Have workers look into them."""
        import_module("executions.mailboxes.watching")
