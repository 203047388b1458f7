"""What a job says when it does not give a result."""


class RefusedError(Exception):
    """The work cannot be done with these arguments; the message is a sentence for the user."""

    def __init__(self, message: str, *, code: str = "block_failed") -> None:
        super().__init__(message)
        self.code = code


class LimitError(Exception):
    """The work asks for more than it may have; the message says of what, without a full stop."""
