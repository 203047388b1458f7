"""Who did what that matters."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The audit log."""

    name = "accounts.audit"
    label = "audit"

    def ready(self) -> None:
        """Hear of logins, whatever way they come."""
        from accounts.audit import logins  # noqa: PLC0415 - the models are there only now

        logins.listen()
