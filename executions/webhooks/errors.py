"""What can go wrong with deliveries to webhooks."""

from executions.errors import ExecutionError


class SignatureError(ExecutionError):
    """A delivery is not signed as the webhook wants it, or too long ago."""


class WebhookPausedError(ExecutionError):
    """The webhook takes nothing at the moment."""


class WebhookSecretError(ExecutionError):
    """Nothing can be signed with this secret."""


class FilterError(ExecutionError):
    """The condition of a webhook cannot be used."""


class DeliveryTooLargeError(ExecutionError):
    """A delivery is larger than one may be."""
