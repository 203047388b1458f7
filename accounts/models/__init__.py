"""Users, what opens the door to them, and their credits."""

from accounts.models.keys import ApiKey, ApiKeyQuerySet, Scope
from accounts.models.ledger import BlockPrice, CreditEntry, ModelPrice, TokenUsage
from accounts.models.people import BrowserSession, LoginSession, Role, User

__all__ = [
    "ApiKey",
    "ApiKeyQuerySet",
    "BlockPrice",
    "BrowserSession",
    "CreditEntry",
    "LoginSession",
    "ModelPrice",
    "Role",
    "Scope",
    "TokenUsage",
    "User",
]
