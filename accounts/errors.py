"""What can go wrong with accounts."""


class AccountError(Exception):
    """Base of the errors of this app; the message is a sentence for the user."""


class InsufficientCreditsError(AccountError):
    """The balance cannot pay for what is asked."""

    def __init__(self, balance: int, needed: int) -> None:
        super().__init__(f"Insufficient balance: you have {balance} credits and need {needed}.")
        self.balance = balance
        self.needed = needed
