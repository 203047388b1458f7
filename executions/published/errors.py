"""What can go wrong with published pages."""

from executions.errors import ExecutionError


class PageClosedError(ExecutionError):
    """The page starts nothing at the moment: paused, too busy, or its credits for the day are used up."""


class NoChatError(ExecutionError):
    """A graph without a text input cannot be talked to."""
