"""Users, what opens the door to them, their credits, and blocks that are switched off."""

from accounts.models.keys import ApiKey, ApiKeyQuerySet, Scope
from accounts.models.ledger import BlockPrice, CreditEntry, ModelPrice, TokenUsage
from accounts.models.people import BrowserSession, LoginSession, Role, User
from accounts.models.switches import BlockSwitch

__all__ = [
    "ApiKey",
    "ApiKeyQuerySet",
    "BlockPrice",
    "BlockSwitch",
    "BrowserSession",
    "CreditEntry",
    "LoginSession",
    "ModelPrice",
    "Role",
    "Scope",
    "TokenUsage",
    "User",
]
