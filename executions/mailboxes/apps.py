"""E-mail in: folders of mail servers whose mails start runs."""

from importlib import import_module

from django.apps import AppConfig


class MailboxesConfig(AppConfig):
    """A room of its own inside executions."""

    name = "executions.mailboxes"
    verbose_name = "Mailboxes"

    def ready(self) -> None:
        """Have workers look into them, and have them go along with their graph."""
        import_module("executions.mailboxes.watching")
        packing = import_module("executions.mailboxes.packing")
        import_module("graphs.companions").register(packing.Mailboxes())
