"""What can go wrong in the set-up, told as a sentence."""


class SetupError(Exception):
    """The set-up cannot go on; the message says why and what to do."""
