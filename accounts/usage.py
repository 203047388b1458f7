"""Tokens of language models: written down, and paid for by the price table."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from uuid import UUID

from django.db import transaction

from accounts import credits
from accounts.models import ModelPrice, TokenUsage
from blocks.ports import Usage

MILLION = 1_000_000  # tokens that a price is for, and parts of a credit that are counted


@transaction.atomic
def charge(user_id: UUID, used: Sequence[Usage], *, reference: str, is_free: bool = False) -> int:
    """Write down what was used for `reference`; returns the credits taken, rounded up.

    This ends what was held back for it. With `is_free`, and where the balance is empty, tokens are written down and
    not paid for: the work is done. What was used of a user's own account at a provider is not ours to be paid for.
    """
    prices = list(ModelPrice.objects.all())
    rows = [_row(user_id, each, prices, reference) for each in used]
    TokenUsage.objects.bulk_create(rows)
    owed = -(-sum(row.price for row in rows) // MILLION)
    return credits.settle(user_id, 0 if is_free else owed, reference=reference)


def estimate(model: str, input_tokens: int, output_tokens: int) -> int:
    """Credits that a question of this size may cost; 0 for a model without a price."""
    price = _price_of(model, ModelPrice.objects.all())
    if price is None:
        return 0
    return -(-(price.input_price * input_tokens + price.output_price * output_tokens) // MILLION)


def _row(user_id: UUID, used: Usage, prices: Iterable[ModelPrice], reference: str) -> TokenUsage:
    price = None if used.is_own else _price_of(used.model, prices)
    return TokenUsage(
        user_id=user_id,
        provider=used.provider[:50],
        model=used.model[:200],
        input_tokens=used.input_tokens,
        output_tokens=used.output_tokens,
        price=price.input_price * used.input_tokens + price.output_price * used.output_tokens
        if price
        else 0,
        reference=reference,
    )


def _price_of(model: str, prices: Iterable[ModelPrice]) -> ModelPrice | None:
    """The price with the longest pattern that matches."""
    matching = [price for price in prices if fnmatchcase(model, price.pattern)]
    return max(matching, key=lambda price: len(price.pattern), default=None)
